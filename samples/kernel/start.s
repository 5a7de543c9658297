# Runs the checks of the other objects and prints a letter for each: calls, types, globals, a weak undefined function.
	.globaltype	__stack_pointer, i32
	.globaltype	passed, i32
	.tabletype	__indirect_function_table, funcref
	.functype	fd_write (i32, i32, i32, i32) -> (i32)
	.import_module	fd_write, wasi_snapshot_preview1
	.import_name	fd_write, fd_write
	.functype	check_data () -> (i32)
	.functype	check_strings () -> (i32)
	.functype	check_tables () -> (i32)
	.functype	check_pic () -> (i32)
	.functype	check_tls () -> (i32)
	.functype	check_tag () -> (i32)
	.functype	check_constructors () -> (i32)
	.functype	check_comdat () -> (i32)
	.functype	maybe () -> (i32)
	.weak	maybe

# note(result, letter): '!' in place of the letter when the check failed. MEMORY_ADDR_LEB with an addend.
	.section	.text.note,"",@
	.type	note,@function
note:
	.functype	note (i32, i32) -> ()
	global.get	passed
	local.get	1
	i32.const	33
	local.get	0
	i32.select
	i32.store8	letters+8
	global.get	passed
	i32.const	1
	i32.add
	global.set	passed
	end_function

# An undefined weak function has the table index 0, and is not called.
	.section	.text.check_weak,"",@
	.type	check_weak,@function
check_weak:
	.functype	check_weak () -> (i32)
	i32.const	maybe
	i32.eqz
	if	i32
	i32.const	1
	else
	call	maybe
	end_if
	end_function

	.section	.text._start,"",@
	.globl	_start
	.type	_start,@function
_start:
	.functype	_start () -> ()
	call	check_data
	i32.const	100
	call	note
	call	check_strings
	i32.const	115
	call	note
	call	check_tables
	i32.const	116
	call	note
	call	check_pic
	i32.const	112
	call	note
	call	check_tls
	i32.const	108
	call	note
	call	check_tag
	i32.const	103
	call	note
	call	check_constructors
	i32.const	99
	call	note
	call	check_comdat
	i32.const	109
	call	note
	call	check_weak
	i32.const	119
	call	note
	i32.const	1
	i32.const	iovec
	i32.const	1
	i32.const	written
	call	fd_write
	drop
	end_function

# A global of this object, that the others may read: GLOBAL_INDEX_LEB.
	.globl	passed
passed:

	.type	letters,@object
	.section	.data.letters,"",@
letters:
	.ascii	"kernel: ?????????\n"
.Lletters_end:
	.size	letters, 18

# A pointer and a size, as fd_write wants them: MEMORY_ADDR_I32.
	.type	iovec,@object
	.section	.data.iovec,"",@
	.p2align	2
iovec:
	.int32	letters
	.int32	.Lletters_end-letters
	.size	iovec, 8

	.type	written,@object
	.section	.bss.written,"",@
	.p2align	2
written:
	.int32	0
	.size	written, 4

	.section	.custom_section.producers,"",@
	.int8	1
	.int8	8
	.ascii	"language"
	.int8	1
	.int8	8
	.ascii	"assembly"
	.int8	1
	.ascii	"1"
	.section	.custom_section.target_features,"",@
	.int8	5
	.int8	43
	.int8	7
	.ascii	"atomics"
	.int8	43
	.int8	11
	.ascii	"bulk-memory"
	.int8	43
	.int8	18
	.ascii	"exception-handling"
	.int8	43
	.int8	15
	.ascii	"mutable-globals"
	.int8	43
	.int8	15
	.ascii	"reference-types"
