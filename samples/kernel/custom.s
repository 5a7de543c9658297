# The second copy of a group, and custom sections whose words name functions, sections, globals and data.
	.globaltype	__stack_pointer, i32
	.functype	shared () -> (i32)

	.section	.text.shared,"G",@,shared,comdat
	.weak	shared
	.type	shared,@function
shared:
	.functype	shared () -> (i32)
	i32.const	0
	i32.load	shared_state
	end_function

	.type	shared_state,@object
	.section	.data.shared_state,"G",@,shared,comdat
	.weak	shared_state
	.p2align	2
shared_state:
	.int32	2
	.size	shared_state, 4

	.section	.text.shared_elsewhere,"",@
	.globl	shared_elsewhere
	.type	shared_elsewhere,@function
shared_elsewhere:
	.functype	shared_elsewhere () -> (i32)
	call	shared
.Lcall_end:
	end_function

	.section	.text.dead,"",@
	.type	dead,@function
dead:
	.functype	dead () -> ()
	end_function

# FUNCTION_OFFSET_I32 (one of a function that goes), SECTION_OFFSET_I32, MEMORY_ADDR_I32, GLOBAL_INDEX_I32.
	.section	.debug_info,"",@
	.int32	shared_elsewhere
	.int32	.Lcall_end
	.int32	dead
	.int32	.Lsecond
	.int32	shared_state
	.int32	__stack_pointer

	.section	.debug_ranges,"",@
	.int32	dead
	.int32	shared_elsewhere

	.section	.debug_str,"S",@
.Lfirst:
	.asciz	"first"
.Lsecond:
	.asciz	"second"

# FUNCTION_INDEX_I32: an attribute of functions, one of which goes.
	.section	.custom_section.llvm.func_attr.annotate.hot,"",@
	.int32	shared_elsewhere@FUNCINDEX
	.int32	dead@FUNCINDEX

	.section	.custom_section.notes,"",@
	.ascii	"copied as it is"
