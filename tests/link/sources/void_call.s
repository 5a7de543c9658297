# flags:
.functype g () -> ()
    .section .text.f,"",@
    .globl f
    .type f,@function
f:
    .functype f () -> ()
    call g
    end_function
