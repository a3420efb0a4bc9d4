/* SPDX-License-Identifier: MIT
 *
 * Cycles of Arm cores whose manuals print no table, by what is published of how they issue instructions.
 * Every estimate is a pair: what the sources leave open is taken at its best and at its worst.
 */
#ifndef ISSUE_RULES_H
#define ISSUE_RULES_H

#include <stdbool.h>
#include <stdint.h>

typedef enum { ISSUE_M7, ISSUE_M33, ISSUE_M55 } issue_core;

/* What the rules tell apart. */
typedef enum {
    ISSUE_SIMPLE,       /* additions, moves and shifts that are nothing else */
    ISSUE_LOGIC,        /* other arithmetic of one stage */
    ISSUE_SHIFTED,      /* arithmetic with an operand that is shifted on the way */
    ISSUE_PARALLEL,     /* bit fields, extensions, halves and bytes side by side, saturation */
    ISSUE_PRODUCT,
    ISSUE_DIVISION,
    ISSUE_LOAD,
    ISSUE_NARROW_LOAD,  /* of bytes and halfwords */
    ISSUE_STORE,
    ISSUE_MANY,         /* loads and stores of pairs and more */
    ISSUE_BRANCH,
    ISSUE_IF_THEN,      /* no-operations as well */
    ISSUE_LOOP_START,
    ISSUE_LOOP_END,
    ISSUE_VECTOR,
    ISSUE_FLOAT
} issue_class;

/* When an instruction needs an operand. */
typedef enum {
    STAGE_EARLY,   /* addresses, and operands that are shifted */
    STAGE_FACTOR,  /* of products */
    STAGE_NORMAL,
    STAGE_LATE,    /* addends of products, data to be stored */
    STAGES
} issue_stage;

/* The execution pipes of vectors. */
typedef enum { PIPE_MEMORY, PIPE_INTEGER, PIPE_PRODUCT, PIPE_CONTROL, PIPES } issue_pipe;

/* One instruction of the program. Registers are bits: 0 to 15 general ones, 16 to 23 vectors. */
typedef struct {
    uint32_t address;
    uint32_t reads[STAGES];
    uint32_t targets;
    uint32_t updated;    /* a base register that the access moves on */
    uint32_t next;       /* where a branch went the last time; 0 before */
    issue_class kind;
    issue_pipe pipe;
    uint8_t latency;     /* of vectors */
    uint8_t beats;       /* cycles for which a vector occupies its pipe */
    uint8_t worst_beats;
    uint8_t bytes;
    uint8_t registers;   /* of ISSUE_MANY */
    bool loads;
    bool multiplies;     /* vectors */
    bool small;          /* of 16 bits, with an immediate, a move or an extension */
} issue_instruction;

typedef struct {
    int64_t least, most;
} issue_cycles;

/* Reads an instruction of two or four bytes; its address is set already. */
void issue_decode(issue_instruction *i, uint32_t first, uint32_t second, uint8_t bytes);

/* Forgets what was issued before. */
void issue_restart(void);

/* Cycles that pass until an instruction is issued, after those before it.
 * conditional: in an IT block, whose condition is not known here */
issue_cycles issue(issue_core core, const issue_instruction *i, bool conditional);

/* What it costs that one instruction comes after another one which is not the one before it in memory, or
 * that the first might have branched. */
issue_cycles issue_turn(issue_core core, issue_instruction *from, const issue_instruction *to);

/* What an access costs beyond an aligned one.
 * shift: logarithm of its bytes */
issue_cycles issue_access(
    issue_core core, const issue_instruction *i, uint64_t address, unsigned int shift);

#endif
