# Two symbols in one segment, the second not at its start.
	.section	.text.run,"",@
	.globl	run
	.type	run,@function
	.export_name	run, run
run:
	.functype	run () -> (i32)
	i32.const	0
	i32.load	high
	i32.const	low
	i32.load	0
	i32.sub
	end_function

	.section	.data.bounds,"",@
	.p2align	2
	.type	low,@object
low:
	.int32	100
	.size	low, 4
	.type	high,@object
high:
	.int32	142
	.size	high, 4
