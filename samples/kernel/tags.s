# A tag that is thrown in one function and caught in another: TAG_INDEX_LEB.
	.tagtype	trouble i32
	.functype	raise (i32) -> ()

	.section	.text.raise,"",@
	.type	raise,@function
raise:
	.functype	raise (i32) -> ()
	local.get	0
	throw	trouble
	end_function

	.section	.text.check_tag,"",@
	.globl	check_tag
	.type	check_tag,@function
check_tag:
	.functype	check_tag () -> (i32)
	block	i32
	try_table	(catch trouble 0)
	i32.const	9
	call	raise
	end_try_table
	i32.const	0
	end_block
	i32.const	9
	i32.eq
	end_function

	.globl	trouble
trouble:
