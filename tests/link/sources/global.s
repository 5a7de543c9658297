# flags:  | -mmutable-globals
    .globaltype counter, i32
    .section .text.f,"",@
    .globl f
    .type f,@function
f:
    .functype f () -> (i32)
    global.get counter
    end_function
