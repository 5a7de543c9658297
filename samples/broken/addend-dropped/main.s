# Three ways into an array: the offset of a load, a constant, a pointer in memory. Each has an addend.
	.section	.text.run,"",@
	.globl	run
	.type	run,@function
	.export_name	run, run
run:
	.functype	run () -> (i32)
	i32.const	0
	i32.load	numbers+8
	i32.const	numbers+4
	i32.load	0
	i32.add
	i32.const	0
	i32.load	last
	i32.load	0
	i32.add
	end_function

	.type	last,@object
	.section	.data.last,"",@
	.p2align	2
last:
	.int32	numbers+12
	.size	last, 4
