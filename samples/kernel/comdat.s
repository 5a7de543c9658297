# A group that another object brings too: the first copy stays, its function and its variable with it.
	.functype	shared () -> (i32)
	.functype	shared_elsewhere () -> (i32)

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
	.int32	1
	.size	shared_state, 4

	.section	.text.check_comdat,"",@
	.globl	check_comdat
	.type	check_comdat,@function
check_comdat:
	.functype	check_comdat () -> (i32)
	call	shared
	call	shared_elsewhere
	i32.eq
	end_function
