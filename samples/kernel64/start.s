# The relocations of 64-bit memories: MEMORY_ADDR_LEB64, _SLEB64, _I64, TABLE_INDEX_SLEB64, _I64, FUNCTION_OFFSET_I64.
	.globaltype	__stack_pointer, i64
	.tabletype	__indirect_function_table, funcref
	.functype	check_bases () -> (i32)
	.functype	seven () -> (i32)

	.section	.text.seven,"",@
	.globl	seven
	.type	seven,@function
seven:
	.functype	seven () -> (i32)
	i32.const	7
	end_function

# passed() counts the checks that hold: nine of nine.
	.section	.text.passed,"",@
	.export_name	passed, passed
	.globl	passed
	.type	passed,@function
passed:
	.functype	passed () -> (i32)
	i64.const	0
	i32.load	numbers+4
	i32.const	20
	i32.eq
	i64.const	numbers+8
	i32.load	0
	i32.const	30
	i32.eq
	i32.add
	i64.const	seven
	call_indirect	() -> (i32)
	i32.const	7
	i32.eq
	i32.add
	i64.const	0
	i64.load	pointer
	i64.const	numbers+12
	i64.eq
	i32.add
	i64.const	0
	i64.load	slot
	i64.const	seven
	i64.eq
	i32.add
	call	check_bases
	i32.add
	end_function

	.type	numbers,@object
	.section	.rodata.numbers,"",@
	.globl	numbers
	.p2align	2
numbers:
	.int32	10
	.int32	20
	.int32	30
	.int32	40
	.size	numbers, 16

	.type	pointer,@object
	.section	.data.pointer,"",@
	.p2align	3
pointer:
	.int64	numbers+12
	.size	pointer, 8

	.type	slot,@object
	.section	.data.slot,"",@
	.p2align	3
slot:
	.int64	seven
	.size	slot, 8

	.section	.debug_info,"",@
	.int64	seven
	.int64	numbers
	.int32	__stack_pointer

	.section	.custom_section.target_features,"",@
	.int8	3
	.int8	43
	.int8	7
	.ascii	"atomics"
	.int8	43
	.int8	11
	.ascii	"bulk-memory"
	.int8	43
	.int8	8
	.ascii	"memory64"
