# Start-up code for RISC-V in machine mode: C environment, then main(). One hart.

    .option arch, +zicsr

    .section .vectors, "ax"
    .globl _start
_start:
    .option push
    .option norelax
    la      gp, global_pointer
    .option pop
    la      sp, stack_top
    la      t0, trap_entry
    csrw    mtvec, t0

    la      a0, data_start
    la      a1, data_end
    la      a2, data_image
1:  beq     a0, a1, 2f
    lw      t0, 0(a2)
    sw      t0, 0(a0)
    addi    a0, a0, 4
    addi    a2, a2, 4
    j       1b

2:  la      a0, bss_start
    la      a1, bss_end
3:  beq     a0, a1, 4f
    sw      zero, 0(a0)
    addi    a0, a0, 4
    j       3b

4:  call    main
5:  j       5b

# mtvec holds multiples of four. The program may define trap_handler(cause, address, value), which
# must not return.
    .align  2
trap_entry:
    csrr    a0, mcause
    csrr    a1, mepc
    csrr    a2, mtval
    call    trap_handler
6:  j       6b

    .weak   trap_handler
trap_handler:
    j       trap_handler
