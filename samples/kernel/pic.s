# Position-independent code in a static link: addresses from GOT globals, and offsets from the two bases.
	.globaltype	__memory_base, i32, immutable
	.globaltype	__table_base, i32, immutable
	.tabletype	__indirect_function_table, funcref
	.functype	forty_two () -> (i32)
	.functype	eleven () -> (i32)

	.section	.text.eleven,"",@
	.type	eleven,@function
eleven:
	.functype	eleven () -> (i32)
	i32.const	11
	end_function

	.section	.text.check_pic,"",@
	.globl	check_pic
	.type	check_pic,@function
check_pic:
	.functype	check_pic () -> (i32)
	global.get	numbers@GOT
	i32.load	4
	i32.const	20
	i32.eq
	global.get	forty_two@GOT
	call_indirect	__indirect_function_table, () -> (i32)
	i32.const	42
	i32.eq
	i32.and
	global.get	__memory_base
	i32.const	private@MBREL
	i32.add
	i32.load	0
	i32.const	77
	i32.eq
	i32.and
	global.get	__table_base
	i32.const	eleven@TBREL
	i32.add
	call_indirect	__indirect_function_table, () -> (i32)
	i32.const	11
	i32.eq
	i32.and
	end_function

	.type	private,@object
	.section	.data.private,"",@
	.p2align	2
private:
	.int32	77
	.size	private, 4
