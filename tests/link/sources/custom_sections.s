# flags:
.section .custom_section.note,"",@
    .ascii "note"
    .section .custom_section.version,"",@
    .int32 7
