# flags: -mexception-handling
    .tagtype thrown i32
    .section .text.run,"",@
    .globl run
    .type run,@function
run:
    .functype run () -> ()
    i32.const 1
    throw thrown
    end_function
