# Two addresses in one function: when the first takes two bytes instead of five, the second is three bytes earlier.
	.section	.text.run,"",@
	.globl	run
	.type	run,@function
	.export_name	run, run
run:
	.functype	run () -> (i32)
	i32.const	0
	i32.load	first
	i32.const	0
	i32.load	second
	i32.const	1000
	i32.add
	i32.add
	end_function

	.type	first,@object
	.section	.data.first,"",@
	.p2align	2
first:
	.int32	7
	.size	first, 4

	.type	second,@object
	.section	.data.second,"",@
	.p2align	2
second:
	.int32	30
	.size	second, 4
