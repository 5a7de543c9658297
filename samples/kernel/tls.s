# Thread-local data in a program of one thread: MEMORY_ADDR_TLS_SLEB counts from __tls_base.
	.globaltype	__tls_base, i32, immutable

	.section	.text.check_tls,"",@
	.globl	check_tls
	.type	check_tls,@function
check_tls:
	.functype	check_tls () -> (i32)
	global.get	__tls_base
	i32.const	second@TLSREL
	i32.add
	i32.load	0
	i32.const	5
	i32.eq
	end_function

	.type	first,@object
	.section	.tdata.first,"T",@
	.globl	first
	.p2align	4
first:
	.int32	3
	.size	first, 4

	.type	second,@object
	.section	.tdata.second,"T",@
	.p2align	2
second:
	.int32	5
	.size	second, 4
