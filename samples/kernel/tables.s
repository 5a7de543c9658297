# Tables of its own beside the function table: TABLE_NUMBER_LEB, TABLE_INDEX_SLEB, TYPE_INDEX_LEB.
	.tabletype	__indirect_function_table, funcref
	.tabletype	dispatch, funcref, 4
	.tabletype	hosts, externref, 1, 8
	.functype	forty_two () -> (i32)
	.functype	double (i32) -> (i32)
	.functype	late (i32) -> (i32)

	.section	.text.double,"",@
	.type	double,@function
double:
	.functype	double (i32) -> (i32)
	local.get	0
	i32.const	1
	i32.shl
	end_function

# Two functions go from the linker's table into the object's, and are called there.
	.section	.text.check_tables,"",@
	.globl	check_tables
	.type	check_tables,@function
check_tables:
	.functype	check_tables () -> (i32)
	i32.const	3
	i32.const	double
	table.get	__indirect_function_table
	table.set	dispatch
	i32.const	0
	i32.const	forty_two
	table.get	__indirect_function_table
	table.set	dispatch
	i32.const	21
	i32.const	3
	call_indirect	dispatch, (i32) -> (i32)
	i32.const	0
	call_indirect	dispatch, () -> (i32)
	i32.eq
	table.size	hosts
	i32.const	1
	i32.eq
	i32.and
	end_function

	.globl	dispatch
dispatch:
	.globl	hosts
hosts:
