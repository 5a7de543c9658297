# Three init functions, written in another order than their priorities ask for.
	.globaltype	passed, i32

	.section	.text.times_ten,"",@
	.type	times_ten,@function
times_ten:
	.functype	times_ten () -> ()
	i32.const	0
	i32.const	0
	i32.load	state
	i32.const	10
	i32.mul
	i32.store	state
	end_function

	.section	.text.plus_one,"",@
	.type	plus_one,@function
plus_one:
	.functype	plus_one () -> ()
	i32.const	0
	i32.const	0
	i32.load	state
	i32.const	1
	i32.add
	i32.store	state
	end_function

# An init function may have a result: it is dropped.
	.section	.text.plus_two,"",@
	.type	plus_two,@function
plus_two:
	.functype	plus_two () -> (i32)
	i32.const	0
	i32.const	0
	i32.load	state
	i32.const	2
	i32.add
	i32.store	state
	global.get	passed
	end_function

	.section	.init_array,"",@
	.p2align	2
	.int32	plus_two
	.section	.init_array.200,"",@
	.p2align	2
	.int32	times_ten
	.section	.init_array.101,"",@
	.p2align	2
	.int32	plus_one

# (0 + 1) * 10 + 2
	.section	.text.check_constructors,"",@
	.globl	check_constructors
	.type	check_constructors,@function
check_constructors:
	.functype	check_constructors () -> (i32)
	i32.const	0
	i32.load	state
	i32.const	12
	i32.eq
	end_function

	.type	state,@object
	.section	.bss.state,"",@
	.p2align	2
state:
	.int32	0
	.size	state, 4
