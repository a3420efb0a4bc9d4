/* SPDX-License-Identifier: MIT
 *
 * A plugin for QEMU's system emulators that counts what each layer of a network executes, and estimates
 * cycles by the instruction tables of the processors' manuals.
 *
 * It watches the two hooks that a generated model calls before and after each layer: a window is open from
 * the return of the first to the entry of the second. Windows are numbered from 1 in the order in which they
 * open. Arguments:
 *   core=m0|m3|m4|m7|m33|m55|arm|cv32e40p|riscv
 *                                      whose table or issue rules; `arm` and `riscv` count without estimating
 *   begin=HEX end=HEX                  addresses of the two hooks
 *   marks=HEX layers=N                 an array of a byte for each layer: the first hook writes to the byte
 *                                      of the layer that begins
 *   first=N count=N                    the windows to report, by layer; the first one of all as number 0
 *   out=FILE                           one line a window and one line a function, names and numbers in turn
 *
 * The numbers of a line:
 *   instructions   executed, a skipped instruction of an IT block included
 *   cycles         least number, of tables without pipeline refills
 *   refills        taken branches, each of which refills the pipeline; of cores with tables
 *   spread         what instructions may take beyond the least number
 *   loads, stores, multiplies, branches   instructions of that kind
 *
 * The tables assume memory without wait states:
 *   m4        Arm 100166_0001, section 3.3: Cortex-M4 instructions
 *   m3        Arm DDI 0337, chapter "Cortex-M3 Instructions"
 *   m0        Arm DDI 0432, table 3-1; Cortex-M0+ (DDI 0484) has the same but for a shorter refill;
 *             with the multiplier of one cycle
 *   cv32e40p  OpenHW Group, CV32E40P User Manual, "Pipeline Details"
 * Those of m7, m33 and m55 are in issue_rules.c.
 *
 * A skipped instruction takes a cycle. Which loads and stores are skipped shows, since they access nothing.
 */
#include "issue_rules.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The interface of QEMU's plugins, as far as it is used here: no package brings its header. Version 1 is
 * that of QEMU 4.2 to 8.2, 2 that of 9.0, 3 that of 9.1 and later, which copies an instruction's bytes. */
#ifndef PLUGIN_API
#define PLUGIN_API 1
#endif

typedef uint64_t qemu_plugin_id_t;
typedef struct qemu_info_t qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef uint32_t qemu_plugin_meminfo_t;

enum { CALLBACK_READS_NO_REGISTERS = 0 };
enum { MEMORY_READ_AND_WRITE = 3 };

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
const char *qemu_plugin_insn_symbol(const struct qemu_plugin_insn *insn);
#if PLUGIN_API >= 3
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *buffer, size_t size);
#else
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
#endif
unsigned int qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t info);
void qemu_plugin_register_vcpu_tb_trans_cb(
    qemu_plugin_id_t id, void (*translated)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_insn_exec_cb(
    struct qemu_plugin_insn *insn, void (*executed)(unsigned int cpu, void *data), int flags, void *data);
void qemu_plugin_register_vcpu_mem_cb(
    struct qemu_plugin_insn *insn,
    void (*accessed)(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address, void *data),
    int flags, int accesses, void *data);
void qemu_plugin_register_atexit_cb(
    qemu_plugin_id_t id, void (*ended)(qemu_plugin_id_t id, void *data), void *data);

#define EXPORTED __attribute__((visibility("default")))

EXPORTED int qemu_plugin_version = PLUGIN_API;
EXPORTED int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv);

typedef enum {
    PLAIN,              /* arithmetic, moves, shifts, comparisons */
    MULTIPLY,           /* 32-bit result, SIMD products included */
    MULTIPLY_ADD,       /* the same with an addend */
    LONG_MULTIPLY,      /* 64-bit result, or its upper half */
    LONG_MULTIPLY_ADD,  /* the same with an addend */
    DIVIDE,
    LOAD,               /* one register */
    LOAD_MANY,
    STORE,              /* one register, at a constant distance */
    STORE_INDEXED,      /* one register, at a distance in a register */
    STORE_MANY,
    BRANCH,             /* conditional ones too */
    CALL,
    INDIRECT_BRANCH,    /* to an address in a register, returns among them */
    TABLE_BRANCH,
    IF_THEN,
    STATUS              /* special registers of RISC-V */
} kind;

typedef struct {
    uint64_t instructions, cycles, refills;
    int64_t spread; /* of a few instructions it may be negative: what is at its worst waits elsewhere */
    uint64_t loads, stores, multiplies, branches;
} tally;

typedef struct function {
    char *name;
    tally tally;
    struct function *next;
} function;

/* One instruction of the program; lives as long as the emulator. */
typedef struct instruction {
    struct instruction *other; /* in the same bucket */
    uint32_t address;
    uint32_t sources;    /* RISC-V: a bit for each register that it reads */
    function *function;
    kind kind;
    uint8_t bytes;
    uint8_t registers;   /* how many it loads or stores */
    uint8_t target;      /* the register that it loads or computes, or NO_REGISTER */
    uint8_t base;        /* the register that addresses memory, or NO_REGISTER */
    uint8_t conditional; /* of IF_THEN: how many instructions follow in its block */
    bool writes_pc;      /* a load that is a branch */
    issue_instruction rules;
} instruction;

enum { NO_REGISTER = 255 };
enum { MAXIMAL_LAYERS = 65536 };
enum { HOOK_BYTES = 256 };
enum { BUCKETS = 4096 };

typedef enum { M0, M3, M4, M7, M33, M55, ARM_WITHOUT_TABLE, CV32E40P, RISCV_WITHOUT_TABLE } core;

static struct {
    core core;
    uint32_t begin, end;
    uint32_t marks, layers;
    uint32_t first, count;
    char *out;
} options = {.core = ARM_WITHOUT_TABLE};

static struct {
    instruction *previous;
    uint32_t conditional; /* instructions that are left of an IT block */
    uint64_t skipped;    /* cycles of an access that has not happened yet, and may never */
    bool accessed;       /* whether the instruction accessed memory before */
    uint32_t back;       /* where the first hook returns to, while it runs */
    uint32_t window;     /* how many were opened */
    uint32_t layer;      /* that begins or runs, from 0 */
    bool open;
    tally *tally;        /* of the open window, if it is to be reported */
    tally *windows;      /* number 0, then one for each layer */
    function *functions;
    instruction *buckets[BUCKETS];
} state;

/* ------------------------------------------------------------------ Arm's Thumb instructions */

static uint8_t ones(uint32_t bits)
{
    return (uint8_t)__builtin_popcount(bits);
}

static void decode_memory(instruction *i, bool loads, uint32_t target, uint32_t base)
{
    i->kind = loads ? LOAD : STORE;
    i->target = loads ? (uint8_t)target : NO_REGISTER;
    i->base = (uint8_t)base;
}

static void decode_many(instruction *i, bool loads, uint32_t registers, bool program_counter)
{
    i->kind = loads ? LOAD_MANY : STORE_MANY;
    i->registers = ones(registers);
    i->writes_pc = loads && program_counter;
}

/* Arm DDI 0403 (ARMv7-M), section A5.2. */
static void decode_thumb16(instruction *i, uint32_t h)
{
    switch (h >> 12)
    {
    case 4:
        if ((h & 0x0fc0) == 0x0340)
        {
            i->kind = MULTIPLY;
        }
        else if ((h & 0x0f80) == 0x0700)
        {
            i->kind = INDIRECT_BRANCH;
        }
        else if ((h & 0x0f80) == 0x0780)
        {
            i->kind = CALL;
        }
        else if ((h & 0x0d87) == 0x0487)
        {
            i->kind = INDIRECT_BRANCH; /* ADD or MOV to the program counter */
        }
        else if ((h & 0x0800) != 0)
        {
            decode_memory(i, true, h >> 8 & 7, 15);
        }
        break;
    case 5:
        decode_memory(i, (h >> 9 & 7) >= 3, h & 7, h >> 3 & 7);
        if (i->kind == STORE)
        {
            i->kind = STORE_INDEXED;
        }
        break;
    case 6:
    case 7:
    case 8:
        decode_memory(i, (h & 0x0800) != 0, h & 7, h >> 3 & 7);
        break;
    case 9:
        decode_memory(i, (h & 0x0800) != 0, h >> 8 & 7, 13);
        break;
    case 11:
        if ((h & 0x0500) == 0x0100)
        {
            i->kind = BRANCH; /* CBZ, CBNZ */
        }
        else if ((h & 0x0600) == 0x0400)
        {
            decode_many(i, (h & 0x0800) != 0, h & 0x1ff, (h & 0x0100) != 0);
        }
        else if ((h & 0x0f00) == 0x0f00 && (h & 15) != 0)
        {
            i->kind = IF_THEN;
            i->conditional = (uint8_t)(4 - __builtin_ctz(h & 15));
        }
        break;
    case 12:
        decode_many(i, (h & 0x0800) != 0, h & 0xff, false);
        break;
    case 13:
        if ((h & 0x0e00) != 0x0e00)
        {
            i->kind = BRANCH;
        }
        break;
    case 14:
        i->kind = BRANCH;
        break;
    default:
        break;
    }
}

/* Loads and stores of several registers, of pairs, exclusive ones, and table branches. */
static void decode_thumb32_multiple(instruction *i, uint32_t a, uint32_t b)
{
    const bool loads = (a & 0x10) != 0;

    if ((a & 0x40) == 0)
    {
        decode_many(i, loads, b, (b & 0x8000) != 0);
    }
    else if ((a & 0xfff0) == 0xe8d0 && (b & 0xffe0) == 0xf000)
    {
        i->kind = TABLE_BRANCH;
    }
    else if ((a & 0xffe0) == 0xe840 || (a & 0xffe0) == 0xe8c0)
    {
        decode_memory(i, loads, b >> 12, a & 15);
    }
    else
    {
        decode_many(i, loads, 3, false);
    }
}

static void decode_thumb32_branch(instruction *i, uint32_t a, uint32_t b)
{
    if ((b & 0x5000) == 0x5000)
    {
        i->kind = CALL;
    }
    else if ((b & 0x5000) == 0x1000 || ((b & 0x5000) == 0 && (a & 0x0380) != 0x0380))
    {
        i->kind = BRANCH;
    }
}

static void decode_thumb32_single(instruction *i, uint32_t a, uint32_t b)
{
    const bool loads = (a & 0x10) != 0;
    const bool indexed = (b & 0x0fc0) == 0 && (a & 0x80) == 0 && (a & 15) != 15;
    const bool word = (a & 0x60) == 0x40;

    if (loads && b >> 12 == 15 && !word)
    {
        return; /* a hint to preload */
    }
    decode_memory(i, loads, b >> 12, a & 15);
    i->writes_pc = loads && b >> 12 == 15;
    if (!loads && indexed)
    {
        i->kind = STORE_INDEXED;
    }
}

/* The floating-point and vector instructions: loads and stores only, all others are plain. */
static void decode_thumb32_coprocessor(instruction *i, uint32_t a, uint32_t b)
{
    if ((a & 0xee00) != 0xec00 || (a & 0xffa0) == 0xec00)
    {
        return;
    }
    const bool several = (a & 0x0120) != 0x0100;
    const uint32_t words = several ? b & 0xff : (b & 0x100) != 0 ? 2 : 1;

    decode_many(i, (a & 0x10) != 0, 0, false);
    i->registers = (uint8_t)words;
}

/* Arm DDI 0403 (ARMv7-M), section A5.3. */
static void decode_thumb32(instruction *i, uint32_t a, uint32_t b)
{
    if ((a & 0xfe00) == 0xe800)
    {
        decode_thumb32_multiple(i, a, b);
    }
    else if ((a & 0xec00) == 0xec00)
    {
        decode_thumb32_coprocessor(i, a, b);
    }
    else if ((a & 0xf800) == 0xf000 && (b & 0x8000) != 0)
    {
        decode_thumb32_branch(i, a, b);
    }
    else if ((a & 0xfe00) == 0xf800)
    {
        decode_thumb32_single(i, a, b);
    }
    else if ((a & 0xff80) == 0xfb00)
    {
        i->kind = b >> 12 == 15 ? MULTIPLY : MULTIPLY_ADD;
    }
    else if ((a & 0xffd0) == 0xfb90)
    {
        i->kind = DIVIDE;
    }
    else if ((a & 0xff80) == 0xfb80)
    {
        i->kind = (a & 0x40) != 0 ? LONG_MULTIPLY_ADD : LONG_MULTIPLY;
    }
}

/* ------------------------------------------------------------------ RISC-V's instructions */

static uint32_t bit(uint32_t number)
{
    return number == 0 ? 0 : UINT32_C(1) << number;
}

/* The RISC-V Instruction Set Manual, volume I, chapter "RV32/64G Instruction Set Listings". */
static void decode_riscv32(instruction *i, uint32_t w)
{
    const uint32_t target = w >> 7 & 31;
    const uint32_t function3 = w >> 12 & 7;
    const uint32_t one = bit(w >> 15 & 31);
    const uint32_t both = one | bit(w >> 20 & 31);

    i->target = (uint8_t)target;
    switch (w & 0x7f)
    {
    case 0x03:
        i->kind = LOAD;
        i->sources = one;
        break;
    case 0x23:
        i->kind = STORE;
        i->sources = both;
        i->target = NO_REGISTER;
        break;
    case 0x63:
        i->kind = BRANCH;
        i->sources = both;
        i->target = NO_REGISTER;
        break;
    case 0x6f:
        i->kind = CALL;
        break;
    case 0x67:
        i->kind = INDIRECT_BRANCH;
        i->sources = one;
        break;
    case 0x13:
        i->sources = one;
        break;
    case 0x33:
        i->sources = both;
        if (w >> 25 == 1)
        {
            i->kind = function3 == 0 ? MULTIPLY : function3 < 4 ? LONG_MULTIPLY : DIVIDE;
        }
        break;
    case 0x73:
        i->kind = function3 != 0 ? STATUS : PLAIN;
        i->sources = one;
        break;
    default:
        break;
    }
}

/* The same, chapter "C Standard Extension for Compressed Instructions". */
static void decode_riscv16(instruction *i, uint32_t h)
{
    const uint32_t low = 8 + (h >> 2 & 7);
    const uint32_t high = 8 + (h >> 7 & 7);
    const uint32_t full = h >> 7 & 31;
    const uint32_t second = h >> 2 & 31;

    switch ((h & 3) << 3 | h >> 13)
    {
    case 0: /* C.ADDI4SPN */
        i->target = (uint8_t)low;
        i->sources = bit(2);
        break;
    case 2: /* C.LW */
        i->kind = LOAD;
        i->target = (uint8_t)low;
        i->sources = bit(high);
        break;
    case 6: /* C.SW */
        i->kind = STORE;
        i->sources = bit(high) | bit(low);
        break;
    case 8: /* C.ADDI */
        i->target = (uint8_t)full;
        i->sources = bit(full);
        break;
    case 9: /* C.JAL */
    case 13: /* C.J */
        i->kind = CALL;
        break;
    case 10: /* C.LI */
        i->target = (uint8_t)full;
        break;
    case 11: /* C.LUI, C.ADDI16SP */
        i->target = (uint8_t)full;
        i->sources = full == 2 ? bit(2) : 0;
        break;
    case 12: /* arithmetic of two or one */
        i->target = (uint8_t)high;
        i->sources = bit(high) | ((h >> 10 & 3) == 3 ? bit(low) : 0);
        break;
    case 14: /* C.BEQZ */
    case 15: /* C.BNEZ */
        i->kind = BRANCH;
        i->sources = bit(high);
        break;
    case 16: /* C.SLLI */
        i->target = (uint8_t)full;
        i->sources = bit(full);
        break;
    case 18: /* C.LWSP */
        i->kind = LOAD;
        i->target = (uint8_t)full;
        i->sources = bit(2);
        break;
    case 20: /* C.JR, C.JALR, C.MV, C.ADD */
        if (second == 0)
        {
            i->kind = INDIRECT_BRANCH;
            i->sources = bit(full);
        }
        else
        {
            i->target = (uint8_t)full;
            i->sources = bit(second) | ((h & 0x1000) != 0 ? bit(full) : 0);
        }
        break;
    case 22: /* C.SWSP */
        i->kind = STORE;
        i->sources = bit(2) | bit(second);
        break;
    default:
        break;
    }
}

/* ------------------------------------------------------------------ cycles */

static bool follows_load(const instruction *i, const instruction *previous)
{
    return previous != NULL && previous->kind == LOAD && previous->target != i->base;
}

/* Least cycles without a refill, and what the operands may add to them. */
static uint64_t cortex_m3_m4(const instruction *i, const instruction *previous, int64_t *spread)
{
    const bool m3 = options.core == M3;

    switch (i->kind)
    {
    case LOAD:
        /* Loads one after the other pipeline their address and data phases. */
        return follows_load(i, previous) && !i->writes_pc ? 1 : 2;
    case STORE_INDEXED:
        return follows_load(i, previous) ? 1 : 2;
    case LOAD_MANY:
    case STORE_MANY:
        return 1 + (uint64_t)i->registers;
    case MULTIPLY_ADD:
        return m3 ? 2 : 1;
    case LONG_MULTIPLY:
        *spread = m3 ? 2 : 0;
        return m3 ? 3 : 1;
    case LONG_MULTIPLY_ADD:
        *spread = m3 ? 3 : 0;
        return m3 ? 4 : 1;
    case DIVIDE:
        *spread = 10;
        return 2;
    case TABLE_BRANCH:
        return 2;
    case IF_THEN:
        /* Folded onto a 16-bit instruction before it. */
        return previous != NULL && previous->bytes == 2 ? 0 : 1;
    default:
        return 1;
    }
}

static uint64_t cortex_m0(const instruction *i)
{
    switch (i->kind)
    {
    case LOAD:
    case STORE:
    case STORE_INDEXED:
    case CALL: /* 4, or 3 on a Cortex-M0+: one more than other branches */
        return 2;
    case LOAD_MANY:
    case STORE_MANY:
        return 1 + (uint64_t)i->registers + (i->writes_pc ? 1 : 0);
    default:
        return 1;
    }
}

static bool uses(const instruction *i, const instruction *previous)
{
    return previous != NULL && previous->target != NO_REGISTER && (i->sources & bit(previous->target)) != 0;
}

static uint64_t cv32e40p(const instruction *i, const instruction *previous, int64_t *spread)
{
    uint64_t cycles = 1;

    if (i->kind == LONG_MULTIPLY)
    {
        cycles = 5;
    }
    else if (i->kind == DIVIDE)
    {
        cycles = 3;
        *spread = 32;
    }
    else if (i->kind == STATUS)
    {
        cycles = 4;
    }
    if (uses(i, previous) && (previous->kind == LOAD || i->kind == INDIRECT_BRANCH))
    {
        cycles++;
    }
    return cycles;
}

/* Cycles after a branch of a CV32E40P that was taken. */
static uint64_t cv32e40p_taken(const instruction *branch, const instruction *target)
{
    const uint64_t misaligned = (target->address & 2) != 0 && target->bytes == 4 ? 1 : 0;

    return misaligned + (branch->kind == BRANCH ? 2 : 1);
}

/* ------------------------------------------------------------------ counting */

static void add(tally *sum, const tally *more)
{
    sum->instructions += more->instructions;
    sum->cycles += more->cycles;
    sum->refills += more->refills;
    sum->spread += more->spread;
    sum->loads += more->loads;
    sum->stores += more->stores;
    sum->multiplies += more->multiplies;
    sum->branches += more->branches;
}

static bool is_branch(const instruction *i)
{
    return (i->kind >= BRANCH && i->kind <= TABLE_BRANCH) || i->writes_pc;
}

static bool has_rules(void)
{
    return options.core >= M7 && options.core <= M55;
}

static void add_estimate(instruction *i, issue_cycles cycles)
{
    const tally more = {.cycles = (uint64_t)cycles.least, .spread = cycles.most - cycles.least};

    add(state.tally, &more);
    add(&i->function->tally, &more);
}

static void estimate(instruction *i, instruction *previous, bool conditional)
{
    const issue_core rules = (issue_core)(options.core - M7);

    if (previous != NULL)
    {
        add_estimate(previous, issue_turn(rules, &previous->rules, &i->rules));
    }
    add_estimate(i, issue(rules, &i->rules, conditional));
}

static bool is_access(const instruction *i)
{
    return i->kind >= LOAD && i->kind <= STORE_MANY;
}

/* What an instruction takes if it is skipped; the rest is added when it accesses memory, or may be. */
static void suppose_skipped(const instruction *i, tally *more)
{
    if (is_access(i))
    {
        state.skipped = more->cycles - 1;
        more->cycles = 1;
    }
    else if (i->kind == DIVIDE)
    {
        more->spread += (int64_t)more->cycles - 1;
        more->cycles = 1;
    }
}

static void count(instruction *i, instruction *previous, bool conditional)
{
    const bool taken =
        previous != NULL && is_branch(previous) && i->address != previous->address + previous->bytes;
    tally more = {.instructions = 1};

    switch (options.core)
    {
    case M0:
        more.cycles = cortex_m0(i);
        break;
    case M3:
    case M4:
        more.cycles = cortex_m3_m4(i, previous, &more.spread);
        if (conditional)
        {
            suppose_skipped(i, &more);
        }
        break;
    case M7:
    case M33:
    case M55:
        estimate(i, previous, conditional);
        break;
    case CV32E40P:
        more.cycles = cv32e40p(i, previous, &more.spread);
        break;
    default:
        break;
    }
    more.loads = i->kind == LOAD || i->kind == LOAD_MANY;
    more.stores = i->kind >= STORE && i->kind <= STORE_MANY;
    more.multiplies = i->kind >= MULTIPLY && i->kind <= LONG_MULTIPLY_ADD;
    more.branches = is_branch(i);
    add(state.tally, &more);
    add(&i->function->tally, &more);
    if (taken && !has_rules())
    {
        const tally refill = {
            .refills = options.core == CV32E40P ? 0 : 1,
            .cycles = options.core == CV32E40P ? cv32e40p_taken(previous, i) : 0};

        add(state.tally, &refill);
        add(&previous->function->tally, &refill);
    }
}

/* A layer that runs row by row has several windows, which add up. */
static tally *reported_window(uint32_t number)
{
    if (number == 1)
    {
        return &state.windows[0];
    }
    return number >= options.first && number - options.first < options.count
        ? &state.windows[1 + state.layer]
        : NULL;
}

static void executed(unsigned int cpu, void *data)
{
    instruction *const i = data;
    const bool conditional = state.conditional > 0;

    (void)cpu;
    state.conditional = i->kind == IF_THEN ? i->conditional : conditional ? state.conditional - 1 : 0;
    state.skipped = 0;
    state.accessed = false;
    if (!state.open)
    {
        if (i->address == options.begin && state.previous != NULL)
        {
            state.back = state.previous->address + state.previous->bytes;
        }
        else if (state.back != 0 && i->address == state.back)
        {
            state.back = 0;
            state.open = true;
            state.tally = reported_window(++state.window);
            state.previous = NULL;
            issue_restart();
        }
    }
    else if (i->address == options.end)
    {
        state.open = false;
        state.tally = NULL;
    }
    if (state.tally != NULL)
    {
        count(i, state.previous, conditional);
    }
    state.previous = i;
}

static bool splits_accesses(void)
{
    return options.core == M3 || options.core == M4;
}

/* An access that is not aligned is split: a halfword into two bytes, a word into two halfwords, or into a
 * byte, a halfword and a byte. */
static uint64_t split(uint64_t address, unsigned int shift)
{
    const uint32_t past = (uint32_t)address & ((1u << shift) - 1u);

    return past == 0 || shift < 1 || shift > 2 ? 0 : past == 2 || shift == 1 ? 1 : 2;
}

static void accessed(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address, void *data)
{
    instruction *const i = data;
    const unsigned int shift = qemu_plugin_mem_size_shift(info);

    (void)cpu;
    if (state.back != 0 && (uint32_t)address - options.marks < options.layers)
    {
        state.layer = (uint32_t)address - options.marks;
    }
    if (state.tally != NULL && has_rules() && !state.accessed)
    {
        add_estimate(i, issue_access((issue_core)(options.core - M7), &i->rules, address, shift));
    }
    else if (state.tally != NULL && splits_accesses())
    {
        const tally more = {.cycles = state.skipped + split(address, shift)};

        add(state.tally, &more);
        add(&i->function->tally, &more);
    }
    state.skipped = 0;
    state.accessed = true;
}

/* ------------------------------------------------------------------ the emulator's calls */

static void *allocated(size_t bytes)
{
    void *const memory = calloc(1, bytes);

    if (memory == NULL)
    {
        fputs("counting_plugin: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

static function *named(const char *symbol)
{
    const char *const name = symbol == NULL || *symbol == '\0' ? "?" : symbol;

    for (function *known = state.functions; known != NULL; known = known->next)
    {
        if (strcmp(known->name, name) == 0)
        {
            return known;
        }
    }
    function *const added = allocated(sizeof *added);

    added->name = allocated(strlen(name) + 1);
    strcpy(added->name, name);
    added->next = state.functions;
    state.functions = added;
    return added;
}

/* The same for every translation, since it remembers where a branch went. */
static instruction *instruction_at(uint32_t address)
{
    instruction **const bucket = &state.buckets[address / 2 % BUCKETS];

    for (instruction *known = *bucket; known != NULL; known = known->other)
    {
        if (known->address == address)
        {
            return known;
        }
    }
    instruction *const added = allocated(sizeof *added);

    added->address = address;
    added->rules.address = address;
    added->other = *bucket;
    *bucket = added;
    return added;
}

static void decode(instruction *i, struct qemu_plugin_insn *insn)
{
    uint8_t data[4] = {0, 0, 0, 0};

#if PLUGIN_API >= 3
    qemu_plugin_insn_data(insn, data, sizeof data);
#else
    memcpy(data, qemu_plugin_insn_data(insn), i->bytes < sizeof data ? i->bytes : sizeof data);
#endif
    const uint32_t first = data[0] | (uint32_t)data[1] << 8;
    const uint32_t second = data[2] | (uint32_t)data[3] << 8;
    const bool riscv = options.core >= CV32E40P;

    if (riscv && i->bytes == 4)
    {
        decode_riscv32(i, second << 16 | first);
    }
    else if (riscv)
    {
        decode_riscv16(i, first);
    }
    else if (i->bytes == 4)
    {
        decode_thumb32(i, first, second);
    }
    else
    {
        decode_thumb16(i, first);
    }
    if (has_rules())
    {
        issue_decode(&i->rules, first, second, i->bytes);
        i->kind = i->rules.multiplies ? MULTIPLY : i->kind;
    }
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    for (size_t k = 0; k < qemu_plugin_tb_n_insns(tb); k++)
    {
        struct qemu_plugin_insn *const insn = qemu_plugin_tb_get_insn(tb, k);
        instruction *const i = instruction_at((uint32_t)qemu_plugin_insn_vaddr(insn));

        if (i->function == NULL)
        {
            i->bytes = (uint8_t)qemu_plugin_insn_size(insn);
            i->function = named(qemu_plugin_insn_symbol(insn));
            i->target = NO_REGISTER;
            i->base = NO_REGISTER;
            decode(i, insn);
        }
        qemu_plugin_register_vcpu_insn_exec_cb(insn, executed, CALLBACK_READS_NO_REGISTERS, i);
        /* The first hook is short: its stores are among the next instructions. */
        if (((splits_accesses() || has_rules()) && is_access(i))
            || i->address - options.begin < HOOK_BYTES)
        {
            qemu_plugin_register_vcpu_mem_cb(
                insn, accessed, CALLBACK_READS_NO_REGISTERS, MEMORY_READ_AND_WRITE, i);
        }
    }
}

static void print(FILE *file, const char *what, const tally *t)
{
    fprintf(
        file,
        "%s instructions %llu cycles %llu refills %llu spread %lld"
        " loads %llu stores %llu multiplies %llu branches %llu\n",
        what, (unsigned long long)t->instructions, (unsigned long long)t->cycles,
        (unsigned long long)t->refills, (long long)t->spread, (unsigned long long)t->loads,
        (unsigned long long)t->stores, (unsigned long long)t->multiplies, (unsigned long long)t->branches);
}

static void ended(qemu_plugin_id_t id, void *data)
{
    FILE *const file = fopen(options.out, "w");

    (void)id;
    (void)data;
    if (file == NULL)
    {
        fputs("counting_plugin: its result cannot be written\n", stderr);
        return;
    }
    for (uint32_t k = 0; k <= options.layers; k++)
    {
        char what[32];

        snprintf(what, sizeof what, "window %u", (unsigned int)k);
        print(file, what, &state.windows[k]);
    }
    for (const function *f = state.functions; f != NULL; f = f->next)
    {
        if (f->tally.instructions != 0)
        {
            fprintf(file, "function %s", f->name);
            print(file, "", &f->tally);
        }
    }
    fclose(file);
}

static bool set(const char *name, const char *value)
{
    static const char *const cores[] = {
        "m0", "m3", "m4", "m7", "m33", "m55", "arm", "cv32e40p", "riscv"};

    if (strcmp(name, "core") == 0)
    {
        for (size_t k = 0; k < sizeof cores / sizeof cores[0]; k++)
        {
            if (strcmp(value, cores[k]) == 0)
            {
                options.core = (core)k;
                return true;
            }
        }
        return false;
    }
    if (strcmp(name, "out") == 0)
    {
        options.out = allocated(strlen(value) + 1);
        strcpy(options.out, value);
        return true;
    }

    const uint32_t hexadecimal = (uint32_t)strtoul(value, NULL, 16);
    const uint32_t decimal = (uint32_t)strtoul(value, NULL, 10);

    if (strcmp(name, "begin") == 0)
    {
        options.begin = hexadecimal;
    }
    else if (strcmp(name, "end") == 0)
    {
        options.end = hexadecimal;
    }
    else if (strcmp(name, "marks") == 0)
    {
        options.marks = hexadecimal;
    }
    else if (strcmp(name, "layers") == 0)
    {
        options.layers = decimal;
    }
    else if (strcmp(name, "first") == 0)
    {
        options.first = decimal;
    }
    else if (strcmp(name, "count") == 0)
    {
        options.count = decimal;
    }
    else
    {
        return false;
    }
    return true;
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    (void)info;
    for (int k = 0; k < argc; k++)
    {
        char *const value = strchr(argv[k], '=');

        if (value == NULL)
        {
            fprintf(stderr, "counting_plugin: %s has no value\n", argv[k]);
            return -1;
        }
        *value = '\0';
        if (!set(argv[k], value + 1))
        {
            fprintf(stderr, "counting_plugin: %s=%s is not known\n", argv[k], value + 1);
            return -1;
        }
    }
    if (options.out == NULL || options.first < 2 || options.layers > MAXIMAL_LAYERS)
    {
        fputs("counting_plugin: out is missing, or first or layers is out of range\n", stderr);
        return -1;
    }
    state.windows = allocated((options.layers + 1) * sizeof *state.windows);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}
