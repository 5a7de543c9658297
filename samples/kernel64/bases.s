# Offsets from the two bases and from the thread's: MEMORY_ADDR_REL_SLEB64, TABLE_INDEX_REL_SLEB64, MEMORY_ADDR_TLS_SLEB64.
	.globaltype	__memory_base, i64, immutable
	.globaltype	__table_base, i64, immutable
	.globaltype	__tls_base, i64, immutable
	.tabletype	__indirect_function_table, funcref
	.functype	eight () -> (i32)

	.section	.text.eight,"",@
	.type	eight,@function
eight:
	.functype	eight () -> (i32)
	i32.const	8
	end_function

	.section	.text.check_bases,"",@
	.globl	check_bases
	.type	check_bases,@function
check_bases:
	.functype	check_bases () -> (i32)
	global.get	numbers@GOT
	i32.load	12
	i32.const	40
	i32.eq
	global.get	__memory_base
	i64.const	private@MBREL
	i64.add
	i32.load	0
	i32.const	77
	i32.eq
	i32.add
	global.get	__table_base
	i64.const	eight@TBREL
	i64.add
	call_indirect	() -> (i32)
	i32.const	8
	i32.eq
	i32.add
	global.get	__tls_base
	i64.const	local@TLSREL
	i64.add
	i32.load	0
	i32.const	3
	i32.eq
	i32.add
	end_function

	.type	private,@object
	.section	.data.private,"",@
	.p2align	2
private:
	.int32	77
	.size	private, 4

	.type	local,@object
	.section	.tdata.local,"T",@
	.p2align	2
local:
	.int32	3
	.size	local, 4
