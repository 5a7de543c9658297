# flags:
.section .rodata.str,"S",@
    .globl greeting
    .type greeting,@object
greeting:
    .asciz "hello"
    .asciz "lo"
    .size greeting, 9
