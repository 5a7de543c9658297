# Data: pointers with addends, a pointer to a function, distances, strings to merge, a piece that must stay.
	.functype	forty_two () -> (i32)
	.tabletype	__indirect_function_table, funcref

	.section	.text.forty_two,"",@
	.globl	forty_two
	.hidden	forty_two
	.type	forty_two,@function
forty_two:
	.functype	forty_two () -> (i32)
	i32.const	42
	end_function

# The third number through a pointer into the middle of the array, and a function through a pointer in memory.
	.section	.text.check_data,"",@
	.globl	check_data
	.type	check_data,@function
check_data:
	.functype	check_data () -> (i32)
	i32.const	0
	i32.load	third
	i32.load	0
	i32.const	0
	i32.load	numbers+8
	i32.eq
	i32.const	numbers+4
	i32.load	0
	i32.const	20
	i32.eq
	i32.and
	i32.const	0
	i32.load	answer
	call_indirect	__indirect_function_table, () -> (i32)
	i32.const	42
	i32.eq
	i32.and
	i32.const	distance
	i32.const	0
	i32.load	distance
	i32.add
	i32.load	0
	i32.const	40
	i32.eq
	i32.and
	end_function

# "one" and the tail of "someone" may be one string: then the pointers are equal, and so are the letters always.
	.section	.text.check_strings,"",@
	.globl	check_strings
	.type	check_strings,@function
check_strings:
	.functype	check_strings () -> (i32)
	i32.const	.Lone
	i32.load	0:p2align=0
	i32.const	.Lsomeone+4
	i32.load	0:p2align=0
	i32.eq
	i32.const	.Lsame
	i32.load	0:p2align=0
	i32.const	.Lone
	i32.load	0:p2align=0
	i32.eq
	i32.and
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

	.type	third,@object
	.section	.data.third,"",@
	.p2align	2
third:
	.int32	numbers+8
	.size	third, 4

	.type	answer,@object
	.section	.data.answer,"",@
	.p2align	2
answer:
	.int32	forty_two
	.size	answer, 4

# MEMORY_ADDR_LOCREL_I32: how far it is from here to the last number.
	.type	distance,@object
	.section	.data.distance,"",@
	.p2align	2
distance:
	.int32	numbers+12-distance
	.size	distance, 4

	.section	.rodata..Lone,"S",@
.Lone:
	.asciz	"one"
	.size	.Lone, 4
	.section	.rodata..Lsomeone,"S",@
.Lsomeone:
	.asciz	"someone"
	.size	.Lsomeone, 8
	.section	.rodata..Lsame,"S",@
.Lsame:
	.asciz	"one"
	.size	.Lsame, 4

# Nobody asks for it, it stays all the same.
	.type	kept,@object
	.section	.rodata.kept,"R",@
kept:
	.asciz	"kept without a reference"
	.size	kept, 25

# Nobody asks for it, it goes.
	.type	unused,@object
	.section	.rodata.unused,"",@
unused:
	.asciz	"not in the output"
	.size	unused, 18
