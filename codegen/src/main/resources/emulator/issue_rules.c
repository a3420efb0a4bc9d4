/* SPDX-License-Identifier: MIT
 *
 * The sources; rules without a mark are in all that are of their core. docs/cycles.md has them as a table.
 *   [A7]  Arm's model of the Cortex-M7 for the scheduler of LLVM: ARMScheduleM7.td
 *   [J7]  measurements on an STM32H743: github.com/jnk0le/random, pipeline cycle test, cortex_m7.md
 *   [Q7]  measurements on an STM32H730: quinapalus.com/cm7cycles.html
 *   [J33] measurements on an RP2350: as J7, cortex_m33.md
 *   [S33] measurements on an RP2350: github.com/slothy-optimizer/slothy, cortex_m33.py
 *   [A55] Arm's model of the Cortex-M55 for the scheduler of LLVM: ARMScheduleM55.td
 *   [S55] github.com/slothy-optimizer/slothy, cortex_m55r1.py
 *   [H55] Arm, Helium optimization topics 3: processor specific details
 *
 * Not followed: flags, floating point beyond its issue, caches, wait states, the instruction fetch.
 */
#include "issue_rules.h"

#include <stddef.h>

enum { REGISTERS = 24 };
enum { LINK = 14, STACK = 13, PROGRAM_COUNTER = 15 };

/* ------------------------------------------------------------------ reading instructions */

static uint32_t one(uint32_t number)
{
    return UINT32_C(1) << number;
}

static uint32_t vector(uint32_t number)
{
    return one(16 + (number & 7));
}

static void arithmetic(issue_instruction *i, issue_class kind, uint32_t target, uint32_t sources)
{
    i->kind = kind;
    i->targets = target;
    i->reads[STAGE_NORMAL] = sources;
}

static void memory(issue_instruction *i, bool loads, bool narrow, uint32_t data, uint32_t address)
{
    i->kind = !loads ? ISSUE_STORE : narrow ? ISSUE_NARROW_LOAD : ISSUE_LOAD;
    i->loads = loads;
    i->reads[STAGE_EARLY] = address;
    if (loads)
    {
        i->targets = data;
    }
    else
    {
        i->reads[STAGE_LATE] = data;
    }
}

static void many(issue_instruction *i, bool loads, uint32_t data, uint32_t base, bool updates)
{
    memory(i, loads, false, data, base);
    i->kind = ISSUE_MANY;
    i->registers = (uint8_t)__builtin_popcount(data);
    i->updated = updates ? base : 0;
}

/* Shifts and additions of three registers, and arithmetic with a constant of 8 bits. */
static void decode16_simple(issue_instruction *i, uint32_t h)
{
    const uint32_t low = one(h & 7);
    const uint32_t second = one(h >> 3 & 7);
    const uint32_t high = one(h >> 8 & 7);

    if (h < 0x1800)
    {
        arithmetic(i, ISSUE_SIMPLE, low, second);
    }
    else if (h < 0x2000)
    {
        arithmetic(i, ISSUE_SIMPLE, low, second | ((h & 0x0400) == 0 ? one(h >> 6 & 7) : 0));
        i->small = (h & 0x0400) != 0;
    }
    else
    {
        const uint32_t operation = h >> 11 & 3; /* MOV, CMP, ADD, SUB */

        arithmetic(
            i, ISSUE_SIMPLE, operation == 1 ? 0 : high, operation == 0 ? 0 : high);
        i->small = operation != 1;
    }
}

static void decode16_registers(issue_instruction *i, uint32_t h)
{
    const uint32_t low = one(h & 7);
    const uint32_t second = one(h >> 3 & 7);
    const uint32_t operation = h >> 6 & 15;

    if (operation == 13)
    {
        i->kind = ISSUE_PRODUCT;
        i->targets = low;
        i->reads[STAGE_FACTOR] = low | second;
        return;
    }
    const bool compares = operation == 8 || operation == 10 || operation == 11;
    const bool shifts = operation >= 2 && operation <= 4;
    const bool unary = operation == 9 || operation == 15;

    arithmetic(
        i, shifts || operation == 7 ? ISSUE_SIMPLE : ISSUE_LOGIC, compares ? 0 : low,
        second | (unary ? 0 : low));
}

static void decode16_high(issue_instruction *i, uint32_t h)
{
    const uint32_t target = one((h >> 4 & 8) | (h & 7));
    const uint32_t source = one(h >> 3 & 15);

    switch (h >> 8 & 3)
    {
    case 0:
        arithmetic(i, ISSUE_SIMPLE, target, target | source);
        break;
    case 1:
        arithmetic(i, ISSUE_SIMPLE, 0, target | source);
        break;
    case 2:
        arithmetic(i, ISSUE_SIMPLE, target, source);
        i->small = true;
        break;
    default:
        arithmetic(i, ISSUE_BRANCH, (h & 0x80) != 0 ? one(LINK) : 0, source);
        break;
    }
    if ((i->targets & one(PROGRAM_COUNTER)) != 0)
    {
        i->kind = ISSUE_BRANCH;
    }
}

static void decode16_miscellaneous(issue_instruction *i, uint32_t h)
{
    const uint32_t low = one(h & 7);
    const uint32_t second = one(h >> 3 & 7);

    if ((h & 0x0f00) == 0)
    {
        arithmetic(i, ISSUE_SIMPLE, one(STACK), one(STACK));
    }
    else if ((h & 0x0500) == 0x0100)
    {
        arithmetic(i, ISSUE_BRANCH, 0, low);
    }
    else if ((h & 0x0f00) == 0x0200)
    {
        arithmetic(i, ISSUE_PARALLEL, low, second);
        i->small = true;
    }
    else if ((h & 0x0600) == 0x0400)
    {
        const bool pops = (h & 0x0800) != 0;
        const uint32_t last = (h & 0x0100) == 0 ? 0 : one(pops ? PROGRAM_COUNTER : LINK);

        many(i, pops, (h & 0xff) | last, one(STACK), true);
    }
    else if ((h & 0x0f00) == 0x0a00)
    {
        i->kind = ISSUE_PARALLEL;
        i->targets = low;
        i->reads[STAGE_EARLY] = second;
    }
    else
    {
        i->kind = ISSUE_IF_THEN;
    }
}

/* Arm DDI 0403 (ARMv7-M), section A5.2. */
static void decode16(issue_instruction *i, uint32_t h)
{
    const uint32_t low = one(h & 7);
    const uint32_t base = one(h >> 3 & 7);
    const uint32_t high = one(h >> 8 & 7);

    switch (h >> 12)
    {
    case 0:
    case 1:
    case 2:
    case 3:
        decode16_simple(i, h);
        break;
    case 4:
        if ((h & 0x0800) != 0)
        {
            memory(i, true, false, high, 0);
        }
        else if ((h & 0x0400) != 0)
        {
            decode16_high(i, h);
        }
        else
        {
            decode16_registers(i, h);
        }
        break;
    case 5:
        /* STR, STRH, STRB, LDRSB, LDR, LDRH, LDRB, LDRSH */
        memory(i, (h >> 9 & 7) >= 3, (h >> 9 & 7) != 4, low, base | one(h >> 6 & 7));
        break;
    case 6:
    case 7:
    case 8:
        memory(i, (h & 0x0800) != 0, h >> 12 != 6, low, base);
        break;
    case 9:
        memory(i, (h & 0x0800) != 0, false, high, one(STACK));
        break;
    case 10:
        arithmetic(i, ISSUE_SIMPLE, high, (h & 0x0800) != 0 ? one(STACK) : 0);
        break;
    case 11:
        decode16_miscellaneous(i, h);
        break;
    case 12:
        many(i, (h & 0x0800) != 0, h & 0xff, high, true);
        break;
    default:
        i->kind = ISSUE_BRANCH;
        break;
    }
}

/* Loads and stores of several registers and of pairs, exclusive ones, table branches. */
static void decode32_multiple(issue_instruction *i, uint32_t a, uint32_t b)
{
    const bool loads = (a & 0x10) != 0;
    const uint32_t base = one(a & 15);

    if ((a & 0x40) == 0)
    {
        many(i, loads, b, base, (a & 0x20) != 0);
    }
    else if ((a & 0xfff0) == 0xe8d0 && (b & 0xffe0) == 0xf000)
    {
        i->kind = ISSUE_BRANCH;
        i->reads[STAGE_EARLY] = base | one(b & 15);
    }
    else if ((a & 0xffe0) == 0xe840 || (a & 0xffe0) == 0xe8c0)
    {
        memory(i, loads, false, one(b >> 12), base);
    }
    else
    {
        many(i, loads, one(b >> 12) | one(b >> 8 & 15), base, (a & 0x20) != 0);
    }
}

static uint32_t unless_counter(uint32_t number)
{
    return number == PROGRAM_COUNTER ? 0 : one(number);
}

static void decode32_shifted(issue_instruction *i, uint32_t a, uint32_t b)
{
    const uint32_t operation = a >> 5 & 15;
    const bool moves = (a & 15) == 15;
    const bool shifted = (b & 0x70f0) != 0;
    const bool packs = operation == 6;
    const bool simple = (operation == 2 && moves) || ((operation == 8 || operation == 13) && !shifted);
    const bool early = packs || (shifted && !(operation == 2 && moves));

    arithmetic(
        i, packs ? ISSUE_PARALLEL : simple ? ISSUE_SIMPLE : shifted ? ISSUE_SHIFTED : ISSUE_LOGIC,
        unless_counter(b >> 8 & 15), unless_counter(a & 15));
    i->reads[early ? STAGE_EARLY : STAGE_NORMAL] |= one(b & 15);
}

static void decode32_constant(issue_instruction *i, uint32_t a, uint32_t b)
{
    const uint32_t target = unless_counter(b >> 8 & 15);
    const uint32_t source = unless_counter(a & 15);
    const uint32_t operation = a >> 4 & 31;

    if ((a & 0x0200) == 0)
    {
        const bool shifted = (a & 0x0400) != 0 || (b & 0x4000) != 0;
        const uint32_t logic = operation >> 1;
        const bool simple = logic == 8 || logic == 13 || (logic == 2 && source == 0);

        arithmetic(
            i, shifted ? ISSUE_SHIFTED : simple ? ISSUE_SIMPLE : ISSUE_LOGIC, target, source);
    }
    else if (operation < 16)
    {
        /* ADDW, SUBW, MOVW, and MOVT, which keeps a half of its target */
        arithmetic(
            i, ISSUE_SIMPLE, target,
            operation == 4 ? 0 : operation == 12 ? target : source);
    }
    else
    {
        i->kind = ISSUE_PARALLEL;
        i->targets = target;
        i->reads[STAGE_EARLY] = source;
        i->reads[STAGE_NORMAL] = operation == 22 ? target : 0;
    }
}

/* Shifts by a register, extensions, and what works on halves and bytes side by side. */
static void decode32_registers(issue_instruction *i, uint32_t a, uint32_t b)
{
    const uint32_t target = one(b >> 8 & 15);
    const uint32_t first = unless_counter(a & 15);
    const uint32_t second = one(b & 15);
    const bool extends = (a & 0x80) == 0 && (b & 0x80) != 0;
    const bool reverses = (a & 0xfff0) == 0xfa90 && (b & 0xc0) == 0x80;

    arithmetic(
        i, (a & 0x80) == 0 && !extends ? ISSUE_SIMPLE : ISSUE_PARALLEL, target, first | second);
    if ((extends && first != 0) || reverses)
    {
        i->reads[STAGE_NORMAL] &= reverses ? 0 : ~second;
        i->reads[STAGE_EARLY] = second;
    }
}

static void decode32_product(issue_instruction *i, uint32_t a, uint32_t b)
{
    const uint32_t upper = one(b >> 8 & 15);
    const bool is_long = (a & 0x80) != 0;

    i->kind = ISSUE_PRODUCT;
    i->targets = upper;
    i->reads[STAGE_FACTOR] = one(a & 15) | one(b & 15);
    if (is_long && (a & 0xffd0) == 0xfb90)
    {
        i->kind = ISSUE_DIVISION;
    }
    else if (is_long)
    {
        i->targets |= one(b >> 12);
        i->reads[STAGE_LATE] = (a & 0x40) != 0 ? i->targets : 0;
    }
    else
    {
        i->reads[STAGE_LATE] = unless_counter(b >> 12);
    }
}

static void decode32_single(issue_instruction *i, uint32_t a, uint32_t b)
{
    const bool loads = (a & 0x10) != 0;
    const bool word = (a & 0x60) == 0x40;
    const uint32_t base = unless_counter(a & 15);
    const bool short_form = (a & 0x80) == 0 && (a & 15) != PROGRAM_COUNTER;
    const bool indexed = short_form && (b & 0x0fc0) == 0;

    memory(i, loads, !word, unless_counter(b >> 12), base | (indexed ? one(b & 15) : 0));
    i->updated = short_form && (b & 0x0900) == 0x0900 ? base : 0;
    if (loads && word && b >> 12 == PROGRAM_COUNTER)
    {
        i->kind = ISSUE_BRANCH;
    }
}

/* Arm DDI 0553 (Armv8-M), section C2.3: branches, with those of low overhead loops. */
static void decode32_branch(issue_instruction *i, uint32_t a, uint32_t b)
{
    const bool loop = (a & 0xff80) == 0xf000 && (b & 0xd001) == 0xc001;

    if (!loop)
    {
        const bool calls = (b & 0x5000) == 0x5000;
        const bool branches =
            (b & 0x5000) == 0x1000 || ((b & 0x5000) == 0 && (a & 0x0380) != 0x0380);

        i->kind = calls || branches ? ISSUE_BRANCH : ISSUE_LOGIC;
        i->targets = calls ? one(LINK) : 0;
    }
    else if ((b & 0xf801) == 0xe801)
    {
        /* VCTP */
        i->kind = ISSUE_VECTOR;
        i->pipe = PIPE_CONTROL;
        i->beats = i->worst_beats = i->latency = 1;
        i->reads[STAGE_NORMAL] = one(a & 15);
    }
    else
    {
        i->kind = (a & 15) == 15 && (b & 0x2000) == 0 ? ISSUE_LOOP_END : ISSUE_LOOP_START;
    }
}

/* Loads and stores of vectors. Gathers and scatters move two elements a cycle, or one if both are in the
 * same bank [H55]. */
static void decode_vector_memory(issue_instruction *i, uint32_t a, uint32_t b)
{
    const bool loads = (a & 0x10) != 0;
    const bool wide = (a & 0x1000) != 0;
    const bool moves_on = (a & 0x20) != 0;
    const bool at_distance = (a & 0x0100) != 0;
    const bool special = wide && (b & 0x1000) != 0;
    const bool interleaved = special && !at_distance;
    const bool base_is_vector = special && at_distance;
    const bool contiguous = !special && (at_distance || moves_on);
    uint32_t data = vector(b >> 13);

    if (interleaved)
    {
        data |= data << 1;
        data |= (b & 1) != 0 ? data << 2 : 0;
        data &= UINT32_C(0xff0000);
    }
    memory(i, loads, false, data, base_is_vector ? vector(a >> 1) : one(a & 15));
    /* The shorter form of a widening load has room for registers 0 to 7 only. */
    if (contiguous && (b & 0x1000) == 0)
    {
        i->reads[STAGE_EARLY] = one(a & 7);
    }
    i->kind = ISSUE_VECTOR;
    i->pipe = PIPE_MEMORY;
    i->latency = 1;
    i->beats = i->worst_beats = 2;
    i->updated = moves_on && !base_is_vector ? i->reads[STAGE_EARLY] : 0;
    if (!contiguous && !interleaved)
    {
        const uint32_t elements = base_is_vector ? 4 : UINT32_C(16) >> (b >> 7 & 3);

        i->latency = 2;
        i->beats = (uint8_t)(elements < 4 ? 2 : elements / 2);
        i->worst_beats = (uint8_t)(elements < 2 ? 2 : elements);
        i->reads[STAGE_EARLY] |= base_is_vector ? 0 : vector(b >> 1);
    }
}

typedef enum {
    READS_ACCUMULATOR = 1, /* the target too */
    READS_GENERAL = 2,     /* a general register instead of the second vector */
    WRITES_GENERAL = 4     /* a sum over the vector, to one general register or two */
} vector_form;

/* Pipes and latencies of the vectors' arithmetic [A55]; the first line that fits counts, and what none fits
 * is of the integer pipe with a latency of 1. */
static const struct {
    uint32_t mask, value;
    issue_pipe pipe;
    uint8_t latency;
    uint8_t form;
} arithmetic_of_vectors[] = {
    /* VMAXV, VMINV */
    {0xeff00ed1, 0xeee00e00, PIPE_INTEGER, 2, WRITES_GENERAL},
    /* VMLADAV, VMLALDAV, VADDV */
    {0xef800ed1, 0xee800e00, PIPE_PRODUCT, 2, WRITES_GENERAL},
    /* VRSHL by one number */
    {0xefb31f70, 0xee331e60, PIPE_INTEGER, 2, READS_ACCUMULATOR | READS_GENERAL},
    /* VSHL by one number */
    {0xefb31f70, 0xee311e60, PIPE_INTEGER, 1, READS_ACCUMULATOR | READS_GENERAL},
    /* VMOVN, VQMOVN */
    {0xefb10e51, 0xee310e01, PIPE_INTEGER, 3, READS_ACCUMULATOR},
    /* VMUL, VMLA by one number */
    {0xef810f40, 0xee010e40, PIPE_PRODUCT, 2, READS_ACCUMULATOR | READS_GENERAL},
    /* VMULL, VMULH */
    {0xef810f40, 0xee010e00, PIPE_PRODUCT, 2, 0},
    /* VPST, VPNOT */
    {0xffb10fff, 0xfe310f4d, PIPE_CONTROL, 1, 0},
    /* VSHRN, VQRSHRN */
    {0xef800f51, 0xee800f41, PIPE_INTEGER, 3, READS_ACCUMULATOR},
    /* VMUL */
    {0xef800f50, 0xef000950, PIPE_PRODUCT, 2, 0},
    /* VQDMULH, VQRDMULH */
    {0xef800f50, 0xef000b40, PIPE_PRODUCT, 2, 0},
    /* VQSHL */
    {0xef800f50, 0xef000450, PIPE_INTEGER, 2, 0},
    /* VRSHL */
    {0xef800f50, 0xef000540, PIPE_INTEGER, 2, 0},
    /* VQRSHL */
    {0xef800f50, 0xef000550, PIPE_INTEGER, 2, 0},
    /* VRSHR */
    {0xef800f50, 0xef800250, PIPE_INTEGER, 2, 0},
    /* VADD, VSUB with one number */
    {0xef810f40, 0xee010f40, PIPE_INTEGER, 1, READS_GENERAL},
    {0, 0, PIPE_INTEGER, 1, 0}};

/* Arm DDI 0553 (Armv8-M), section C2.3: vectors. */
static void decode_vector_arithmetic(issue_instruction *i, uint32_t a, uint32_t b)
{
    const uint32_t word = a << 16 | b;
    size_t line = 0;

    while ((word & arithmetic_of_vectors[line].mask) != arithmetic_of_vectors[line].value)
    {
        line++;
    }
    const uint8_t form = arithmetic_of_vectors[line].form;

    i->kind = ISSUE_VECTOR;
    i->pipe = arithmetic_of_vectors[line].pipe;
    i->latency = arithmetic_of_vectors[line].latency;
    i->beats = i->worst_beats = i->pipe == PIPE_CONTROL ? 1 : 2;
    i->multiplies = i->pipe == PIPE_PRODUCT;
    i->reads[STAGE_NORMAL] = vector(a >> 1);
    i->reads[STAGE_NORMAL] |= (form & READS_GENERAL) != 0 ? one(b & 15) : vector(b >> 1);
    i->targets = vector(b >> 13);
    if ((form & WRITES_GENERAL) != 0)
    {
        const uint32_t upper = a >> 4 & 7;

        i->targets = one(b >> 12 & 14);
        i->targets |= i->pipe == PIPE_PRODUCT && upper != 7 ? one(2 * upper + 1) : 0;
        i->reads[STAGE_LATE] = (b & 0x20) != 0 ? i->targets : 0;
    }
    else if ((form & READS_ACCUMULATOR) != 0)
    {
        i->reads[STAGE_LATE] = i->targets;
    }
    else if (i->pipe == PIPE_CONTROL)
    {
        i->reads[STAGE_NORMAL] = 0;
        i->targets = 0;
    }
}

/* VMOV between one lane or two and general registers, and VDUP. */
static void decode_lanes(issue_instruction *i, uint32_t a, uint32_t b)
{
    const bool two = (a & 0xff00) == 0xec00;
    const bool from_vector = two == ((a & 0x10) == 0);
    const uint32_t lanes = two ? vector(b >> 13) : vector(a >> 1);
    const uint32_t general = two ? one(a & 15) | one(b & 15) : one(b >> 12);

    i->kind = ISSUE_VECTOR;
    i->pipe = from_vector ? PIPE_PRODUCT : PIPE_INTEGER;
    i->latency = 1;
    i->beats = i->worst_beats = 2;
    i->targets = from_vector ? general : lanes;
    i->reads[STAGE_NORMAL] = from_vector ? lanes : general;
}

static void decode_coprocessor(issue_instruction *i, uint32_t a, uint32_t b)
{
    const bool of_vectors = (b & 0x0e00) == 0x0e00;

    if ((a & 0xef00) == 0xef00)
    {
        decode_vector_arithmetic(i, a, b);
    }
    else if ((a & 0xffe0) == 0xec00 && (b & 0x1fe0) == 0x0f00)
    {
        decode_lanes(i, a, b);
    }
    else if ((a & 0xff00) == 0xee00 && (b & 0x0f1f) == 0x0b10)
    {
        decode_lanes(i, a, b);
    }
    else if (of_vectors && (a & 0x0200) == 0)
    {
        decode_vector_memory(i, a, b);
    }
    else if (of_vectors)
    {
        decode_vector_arithmetic(i, a, b);
    }
    else if ((a & 0x0200) == 0 && (a & 0x0120) != 0x0100)
    {
        many(i, (a & 0x10) != 0, 0, one(a & 15), (a & 0x20) != 0);
        i->registers = (uint8_t)(b & 0xff);
    }
    else
    {
        i->kind = ISSUE_FLOAT;
    }
}

/* Arm DDI 0403 (ARMv7-M), section A5.3. */
static void decode32(issue_instruction *i, uint32_t a, uint32_t b)
{
    if ((a & 0xfe00) == 0xe800)
    {
        decode32_multiple(i, a, b);
    }
    else if ((a & 0xfe00) == 0xea00)
    {
        decode32_shifted(i, a, b);
    }
    else if ((a & 0xec00) == 0xec00)
    {
        decode_coprocessor(i, a, b);
    }
    else if ((a & 0xf800) == 0xf000 && (b & 0x8000) != 0)
    {
        decode32_branch(i, a, b);
    }
    else if ((a & 0xf800) == 0xf000)
    {
        decode32_constant(i, a, b);
    }
    else if ((a & 0xfe00) == 0xf800)
    {
        decode32_single(i, a, b);
    }
    else if ((a & 0xff00) == 0xfa00)
    {
        decode32_registers(i, a, b);
    }
    else
    {
        decode32_product(i, a, b);
    }
}

void issue_decode(issue_instruction *i, uint32_t first, uint32_t second, uint8_t bytes)
{
    i->bytes = bytes;
    i->kind = ISSUE_LOGIC;
    if (bytes == 4)
    {
        decode32(i, first, second);
    }
    else
    {
        decode16(i, first);
    }
    i->targets &= ~one(PROGRAM_COUNTER);
}

/* ------------------------------------------------------------------ the pipelines */

/* What was issued so far, with all that is open at its best, or at its worst. */
typedef struct {
    bool worst;
    bool paired;                      /* the last instruction took no cycle of its own */
    int64_t now;
    const issue_instruction *older;   /* the only one of this cycle, if another may join it */
    int64_t ready[STAGES][REGISTERS]; /* from when on an instruction may be issued that reads it */
    int64_t free[PIPES];
} timeline;

static timeline timelines[] = {{.worst = false}, {.worst = true}};

/* The end of the loop that the core remembers, and so need not execute again. */
static const issue_instruction *loop;

static int64_t later(int64_t one_time, int64_t other)
{
    return one_time > other ? one_time : other;
}

/* Two instructions of a Cortex-M7 in one cycle. */
static bool pairs_on_m7(const issue_instruction *older, const issue_instruction *younger, bool worst)
{
    const issue_class first = older->kind;
    const issue_class second = younger->kind;
    const bool products = first == ISSUE_PRODUCT || second == ISSUE_PRODUCT;
    const bool stores = first == ISSUE_STORE || second == ISSUE_STORE;

    if (first == ISSUE_MANY || second == ISSUE_MANY || first == ISSUE_DIVISION
        || second == ISSUE_DIVISION)
    {
        return false;
    }
    /* One multiplier and one way to store; neither joins the other [J7]. */
    if ((products && first == second) || (stores && first == second) || (products && stores))
    {
        return false;
    }
    /* Two loads go together if they read different banks [J7]; from one bank they did not [Q7]. */
    if (older->loads && younger->loads)
    {
        return !worst;
    }
    /* These only come first, and there is one shifter for operands. */
    if (second == ISSUE_PARALLEL)
    {
        return false;
    }
    if (second == ISSUE_SHIFTED)
    {
        return first != ISSUE_SHIFTED && first != ISSUE_PARALLEL;
    }
    return first != second || (second != ISSUE_BRANCH && second != ISSUE_FLOAT);
}

/* Nothing but a branch or IT joins another instruction, both of 16 bits [J33]. On a Cortex-M55 sums with
 * constants, moves and extensions join as well, and are joined [A55]. */
static bool pairs_on_m33_m55(
    issue_core core, const issue_instruction *older, const issue_instruction *younger, bool worst)
{
    if (older->bytes != 2 || younger->bytes != 2)
    {
        return false;
    }
    return younger->kind == ISSUE_BRANCH || younger->kind == ISSUE_IF_THEN
        || (core == ISSUE_M55 && !worst && (older->small || younger->small));
}

static bool pairs(
    issue_core core, const issue_instruction *older, const issue_instruction *younger, bool worst)
{
    return core == ISSUE_M7 ? pairs_on_m7(older, younger, worst)
                            : pairs_on_m33_m55(core, older, younger, worst);
}

static void give(
    timeline *line, uint32_t registers, int64_t early, int64_t factor, int64_t normal, int64_t late)
{
    const int64_t times[STAGES] = {early, factor, normal, late};

    for (uint32_t r = 0; r < REGISTERS; r++)
    {
        for (int stage = 0; stage < STAGES && (registers >> r & 1) != 0; stage++)
        {
            line->ready[stage][r] = times[stage];
        }
    }
}

/* Latencies of a Cortex-M7. There is an ALU a cycle earlier, which simple instructions may use; addends and
 * what is stored are needed a cycle later than other operands. */
static void give_on_m7(timeline *line, const issue_instruction *i, int64_t t)
{
    const bool early_alu = !line->worst && line->older == i;
    const int64_t simple = early_alu ? t : t + 1;

    switch (i->kind)
    {
    case ISSUE_SIMPLE:
        /* Through the earlier ALU at once to the later one [J7]; A7 knows only the later. */
        give(line, i->targets, simple + 1, simple, simple, t);
        break;
    case ISSUE_PRODUCT:
        give(line, i->targets, t + 3, t + 2, t + 2, t + 1);
        break;
    case ISSUE_LOAD:
    case ISSUE_MANY:
        /* As an address after 2 cycles [A7] or 3 [Q7]; a factor needs one more than others [J7]. */
        give(line, i->targets, line->worst ? t + 3 : t + 2, t + 2, t + 1, t);
        break;
    case ISSUE_NARROW_LOAD:
        give(line, i->targets, t + 3, t + 2, t + 2, t + 1);
        break;
    default:
        give(line, i->targets, t + 2, t + 1, t + 1, t);
        break;
    }
    give(line, i->updated, t + 1, t + 1, t + 1, t + 1);
}

/* Latencies of a Cortex-M33 [J33, S33], and of the scalar half of a Cortex-M55 [A55]. */
static void give_on_m33_m55(issue_core core, timeline *line, const issue_instruction *i, int64_t t)
{
    /* Between products the addend is passed on; A55 does not have that. */
    const int64_t addend = core == ISSUE_M55 && line->worst ? t + 2 : t + 1;

    switch (i->kind)
    {
    case ISSUE_VECTOR:
    {
        /* A sum over a vector: 2 [A55] or 3 [S55]. Products can be stored a cycle earlier, and vectors of
         * distances are needed four cycles earlier [A55]. */
        const bool sums = i->pipe == PIPE_PRODUCT && i->targets < one(16);
        const int64_t result = t + i->latency + (line->worst && sums ? 1 : 0);
        const int64_t stored = line->worst || sums ? result : later(result - 1, t + 1);

        give(line, i->targets, i->targets < one(16) ? result : result + 4, result, result, stored);
        break;
    }
    case ISSUE_PRODUCT:
    case ISSUE_LOAD:
    case ISSUE_NARROW_LOAD:
    case ISSUE_MANY:
        give(line, i->targets, t + 2, t + 2, t + 2, addend);
        break;
    case ISSUE_SHIFTED:
    case ISSUE_PARALLEL:
    {
        /* 2 in most cases, but 1 for LSL and some more [S33]. */
        const int64_t result = line->worst ? t + 2 : t + 1;

        give(line, i->targets, result, result, result, t + 1);
        break;
    }
    default:
        give(line, i->targets, t + 1, t + 1, t + 1, t + 1);
        break;
    }
    give(line, i->updated, t + 1, t + 1, t + 1, t + 1);
}

/* Cycles beyond the first for which nothing else is issued. */
static int64_t occupies(issue_core core, const timeline *line, const issue_instruction *i)
{
    switch (i->kind)
    {
    case ISSUE_MANY:
        /* Two registers a cycle; one more cycle where the code around is not of 16 bits, and for stores
         * that are not aligned to 8 bytes [J7]. Elsewhere one register a cycle. */
        return core == ISSUE_M7 ? (i->registers + 1) / 2 - 1 + (line->worst ? 1 : 0) : i->registers - 1;
    case ISSUE_DIVISION:
        /* 7 [A7]; elsewhere 2 to 12, as on a Cortex-M4. */
        return core == ISSUE_M7 ? 6 : line->worst ? 11 : 1;
    default:
        return 0;
    }
}

static int64_t earliest(const timeline *line, const issue_instruction *i)
{
    int64_t time = 0;

    for (int stage = 0; stage < STAGES; stage++)
    {
        for (uint32_t r = 0; r < REGISTERS; r++)
        {
            if ((i->reads[stage] >> r & 1) != 0)
            {
                time = later(time, line->ready[stage][r]);
            }
        }
    }
    return time;
}

/* A vector occupies its pipe for two beats; the next instruction may be issued at the second one, if it
 * needs another pipe [A55]. Single loads and stores need that of the vectors [S55], or not [A55]. */
static bool uses_pipe(issue_core core, const timeline *line, const issue_instruction *i)
{
    const bool accesses = i->loads || i->kind == ISSUE_STORE || i->kind == ISSUE_MANY;

    return core == ISSUE_M55 && (i->kind == ISSUE_VECTOR || (accesses && line->worst));
}

static int64_t advance(issue_core core, timeline *line, const issue_instruction *i)
{
    const int64_t before = line->now;
    int64_t time = earliest(line, i);

    line->paired =
        line->older != NULL && time <= line->now && pairs(core, line->older, i, line->worst);
    if (line->paired)
    {
        line->older = NULL;
    }
    else
    {
        time = later(time, line->now + 1);
        if (uses_pipe(core, line, i))
        {
            const issue_pipe pipe = i->kind == ISSUE_VECTOR ? i->pipe : PIPE_MEMORY;

            time = later(time, line->free[pipe]);
            line->free[pipe] =
                time + (i->kind != ISSUE_VECTOR ? 1 : line->worst ? i->worst_beats : i->beats);
        }
        line->now = time + occupies(core, line, i);
        line->older = i->kind == ISSUE_VECTOR ? NULL : i;
    }
    if (core == ISSUE_M7)
    {
        give_on_m7(line, i, line->now);
    }
    else
    {
        give_on_m33_m55(core, line, i, line->now);
    }
    return line->now - before;
}

/* ------------------------------------------------------------------ what the plugin calls */

void issue_restart(void)
{
    for (int k = 0; k < 2; k++)
    {
        timelines[k].older = NULL;
        timelines[k].paired = false;
    }
    loop = NULL;
}

issue_cycles issue(issue_core core, const issue_instruction *i, bool conditional)
{
    const issue_instruction skipped = {.kind = ISSUE_LOGIC, .bytes = i->bytes};
    issue_cycles cycles;

    /* The core goes on with the loop without executing its end, once it knows it. */
    if (i->kind == ISSUE_LOOP_END && loop == i)
    {
        return (issue_cycles){0, 0};
    }
    cycles.least = advance(core, &timelines[0], conditional ? &skipped : i);
    cycles.most = advance(core, &timelines[1], i);
    if (conditional)
    {
        timelines[0].older = NULL;
    }
    return cycles;
}

static int64_t wait(timeline *line, int64_t cycles)
{
    line->now += cycles;
    line->older = NULL;
    return cycles;
}

issue_cycles issue_turn(issue_core core, issue_instruction *from, const issue_instruction *to)
{
    const bool taken = to->address != from->address + from->bytes;
    const bool branch = from->kind == ISSUE_BRANCH || from->kind == ISSUE_LOOP_END
        || from->kind == ISSUE_LOOP_START || (from->kind == ISSUE_MANY && taken);
    issue_cycles cycles = {0, 0};

    if (!branch)
    {
        return cycles;
    }
    const bool surprise = from->next == 0 ? taken : from->next != to->address;
    const bool known = from->kind == ISSUE_LOOP_END && loop == from;

    from->next = to->address;
    loop = from->kind == ISSUE_LOOP_END ? from : from->kind == ISSUE_LOOP_START ? NULL : loop;
    if (core == ISSUE_M7)
    {
        /* Predicted branches cost nothing or a cycle, others 6 to 8 [J7]. At best all are predicted, at worst
         * every branch is expected to go where it went before. */
        cycles.most = surprise ? wait(&timelines[1], 8) : taken ? wait(&timelines[1], 1) : 0;
    }
    else if (taken && !known)
    {
        /* Cortex-M33: 3 cycles [S33], of which one is saved beside an instruction of 16 bits, and one more if
         * that sets no flags [J33]. Cortex-M55: at most 3 lost cycles [A55]. */
        const bool m33 = core == ISSUE_M33;

        cycles.least = wait(&timelines[0], m33 && !timelines[0].paired ? 2 : 1);
        cycles.most = wait(&timelines[1], m33 ? 2 : 3);
    }
    return cycles;
}

issue_cycles issue_access(
    issue_core core, const issue_instruction *i, uint64_t address, unsigned int shift)
{
    issue_cycles cycles = {0, 0};

    if (i->kind == ISSUE_VECTOR)
    {
        /* 64 bits a cycle, so a vector that begins between such words needs a third access. */
        cycles.most = (address & 7) != 0 && i->worst_beats == 2 ? wait(&timelines[1], 1) : 0;
    }
    else if ((address & ((1u << shift) - 1u)) != 0)
    {
        /* Cortex-M7: 3 or 4 for a load, none for a store, or 3 if many follow each other [J7]. Elsewhere a
         * second access, if the bus is not wider. */
        const bool m7 = core == ISSUE_M7;

        cycles.least = m7 && i->loads ? wait(&timelines[0], 3) : 0;
        cycles.most = wait(&timelines[1], !m7 ? 1 : i->loads ? 4 : 3);
    }
    return cycles;
}
