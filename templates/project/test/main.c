/* The test program for the emulated twin.
 *
 * Runs every input of inputs.bin three times:
 *   1. with the arena full of 0x55, watching that each layer writes only its own outputs and scratch;
 *   2. with the arena full of 0xAA, counting each layer's instructions, comparing each layer's output
 *      with expected.bin (a CRC-32 for each input and layer) and writing it to tensors.bin;
 *      of a layer that runs a few rows at a time, the rows after each call;
 *   3. with nothing in between, measuring the stack (first input only).
 * States in the arena go on from input to input; both runs of an input begin with the same, and a reset
 * must bring back the first answer.
 * Then the model's own self-test. Ends with a line PASS or FAIL and the exit status 0 or 1. */
#include <stdbool.h>

#include "counter.h"
#include "model.h"
#include "semihosting.h"
#include "twin.h"

enum {
    STACK_PAINT = 0x5bad5bad,
    GUARD_BYTE = 0xC3,
    FAULT_STATUS = 99
};

typedef enum { SILENT, WATCH, COUNT, CALIBRATE } hook_mode;

static struct {
    hook_mode mode;
    uint32_t input;          /* which one is running, from 0 */
    uint32_t before;         /* checksum of what the layer must not change */
    uint32_t start;          /* ticks */
    uint32_t empty;          /* instructions between two hooks with nothing in between */
    uint32_t counts[LAYERS]; /* instructions, last input */
    uint32_t calls[LAYERS];  /* of this inference */
    uint32_t sums[LAYERS];   /* CRC-32 of the output so far */
    uint32_t sizes[LAYERS];  /* bytes of the output so far */
    uint32_t expected_sums[LAYERS];
    bool counter_exact;
    bool failed;
    uint32_t first_outputs; /* checksum of the first input's outputs */
    uint8_t states[STATE_BYTES + 1];
    int32_t expected; /* files */
    int32_t tensors;
} test;

/* Which layer begins: whoever watches the writes of the program sees it. */
volatile uint8_t layer_marks[LAYERS];

extern uint32_t stack_limit, stack_top;

static void fail(const char *what)
{
    host_print("FAIL ");
    host_print(what);
    host_print("\n");
    test.failed = true;
}

static void fail_at(uint32_t layer, const char *what)
{
    host_print("FAIL input ");
    host_print_number(test.input);
    host_print(" layer ");
    host_print_number(layer + 1u);
    host_print(" ");
    host_print(layers[layer].name);
    host_print(": ");
    host_print(what);
    host_print("\n");
    test.failed = true;
}

static void stop(const char *what)
{
    fail(what);
    host_exit(1);
}

/* ------------------------------------------------------------------ checksums */

/* FNV-1a, continued. */
static uint32_t hash(uint32_t state, const uint8_t *bytes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
    {
        state = (state ^ bytes[i]) * 16777619u;
    }
    return state;
}

/* CRC-32 (IEEE 802.3, reflected), continued. */
static uint32_t crc32(uint32_t crc, const uint8_t *bytes, uint32_t count)
{
    static const uint32_t nibbles[16] = {
        0x00000000u, 0x1db71064u, 0x3b6e20c8u, 0x26d930acu, 0x76dc4190u, 0x6b6b51f4u, 0x4db26158u, 0x5005713cu,
        0xedb88320u, 0xf00f9344u, 0xd6d6a3e8u, 0xcb61b38cu, 0x9b64c2b0u, 0x86d3d2d4u, 0xa00ae278u, 0xbdbdf21cu};
    crc = ~crc;
    for (uint32_t i = 0; i < count; i++)
    {
        crc ^= bytes[i];
        crc = (crc >> 4) ^ nibbles[crc & 15u];
        crc = (crc >> 4) ^ nibbles[crc & 15u];
    }
    return ~crc;
}

/* Everything in one memory that a call must leave alone: all bytes outside the places it writes. */
static uint32_t hash_others(uint32_t state, const struct call *call, uint32_t memory)
{
    const uint8_t *const bytes = memories[memory].bytes;
    uint32_t position = 0;

    while (position < memories[memory].size)
    {
        uint32_t end = memories[memory].size;
        bool own = false;

        for (uint32_t i = call->first_place; i < call->first_place + call->places; i++)
        {
            const struct place *const p = &places[i];

            if (p->memory != memory || p->offset + p->size <= position)
            {
                continue;
            }
            if (p->offset <= position)
            {
                own = true;
                end = p->offset + p->size;
                break;
            }
            if (p->offset < end)
            {
                end = p->offset;
            }
        }
        if (!own)
        {
            state = hash(state, &bytes[position], end - position);
        }
        position = end;
    }
    return state;
}

static uint32_t hash_all_others(const struct call *call)
{
    uint32_t state = 2166136261u;

    for (uint32_t memory = 0; memory < MEMORIES; memory++)
    {
        state = hash_others(state, call, memory);
    }
    return state;
}

/* ------------------------------------------------------------------ guards */

static void fill(uint8_t *bytes, uint32_t count, uint8_t value)
{
    for (uint32_t i = 0; i < count; i++)
    {
        bytes[i] = value;
    }
}

static void set_guards(void)
{
    for (uint32_t i = 0; i < MEMORIES; i++)
    {
        fill(memories[i].bytes - GUARD, GUARD, GUARD_BYTE);
        fill(memories[i].bytes + memories[i].size, GUARD, GUARD_BYTE);
    }
}

static bool guards_hold(void)
{
    for (uint32_t i = 0; i < MEMORIES; i++)
    {
        const uint8_t *const before = memories[i].bytes - GUARD;
        const uint8_t *const after = memories[i].bytes + memories[i].size;

        for (uint32_t k = 0; k < GUARD; k++)
        {
            if (before[k] != GUARD_BYTE || after[k] != GUARD_BYTE)
            {
                return false;
            }
        }
    }
    return true;
}

/* ------------------------------------------------------------------ hooks */

/* Ticks as instructions. One instruction takes more than two ticks, and both readings are less than
 * one tick late, so that rounding gives the exact number. */
static uint32_t instructions(uint32_t ticks)
{
    return (uint32_t)(((uint64_t)ticks * TWIN_INSTRUCTIONS + TWIN_TICKS / 2u) / TWIN_TICKS);
}

/* The call of a layer that runs now or comes next. */
static const struct call *current_call(uint32_t number)
{
    if (test.calls[number] == layers[number].calls)
    {
        fail_at(number, "runs more often than it should");
        stop("the sequence of layers is wrong");
    }
    return &calls[layers[number].first_call + test.calls[number]];
}

/* What the call has computed, after what earlier calls of the layer have. */
static void sum_and_write(uint32_t number)
{
    const struct call *const call = current_call(number);
    const uint32_t start = test.input * TENSOR_BYTES + layers[number].start;

    for (uint32_t i = call->first_place; i < call->first_place + call->places; i++)
    {
        const struct place *const p = &places[i];
        const uint8_t *const bytes = &memories[p->memory].bytes[p->offset];

        if (p->is_output)
        {
            test.sums[number] = crc32(test.sums[number], bytes, p->size);
            if (host_seek(test.tensors, start + test.sizes[number]) != 0
                || host_write(test.tensors, bytes, p->size) != 0)
            {
                stop("tensors.bin cannot be written");
            }
            test.sizes[number] += p->size;
        }
    }
}

static void compare_all(void)
{
    for (uint32_t number = 0; number < LAYERS; number++)
    {
        if (test.calls[number] != layers[number].calls)
        {
            fail_at(number, "runs less often than it should");
        }
        else if (test.sums[number] != test.expected_sums[number])
        {
            fail_at(number, "the output differs from the golden model");
        }
    }
}

/* The model calls these before and after each layer, numbered from 1. Silent, they take no stack of
 * their own. The reading of the counter is the last and the first thing they do. */
__attribute__((noinline)) void MODEL_LAYER_BEGIN(int32_t number)
{
    if (test.mode == WATCH)
    {
        test.before = hash_all_others(current_call((uint32_t)number - 1u));
    }
    layer_marks[number - 1] = 1;
    test.start = counter_ticks();
}

__attribute__((noinline)) static void end_layer(uint32_t number, uint32_t ticks)
{
    switch (test.mode)
    {
    case WATCH:
        if (test.before != hash_all_others(current_call(number)))
        {
            fail_at(number, "wrote outside its outputs and scratch");
        }
        if (!guards_hold())
        {
            fail_at(number, "wrote outside the buffers");
            set_guards();
        }
        test.calls[number]++;
        break;
    case COUNT:
        test.counts[number] += instructions(ticks) - test.empty;
        sum_and_write(number);
        test.calls[number]++;
        break;
    case CALIBRATE:
        test.empty = instructions(ticks);
        break;
    case SILENT:
    default:
        break;
    }
}

__attribute__((noinline)) void MODEL_LAYER_END(int32_t number)
{
    const uint32_t now = counter_ticks();

    if (test.mode != SILENT)
    {
        end_layer((uint32_t)number - 1u, now - test.start);
    }
}

/* Measures an empty layer, and proves the counter on a loop of 501 instructions. */
static void calibrate(void)
{
    counter_start();
    test.mode = CALIBRATE;
    MODEL_LAYER_BEGIN(1);
    MODEL_LAYER_END(1);

    const uint32_t empty = test.empty;

    MODEL_LAYER_BEGIN(1);
#if defined(__riscv)
    __asm__ volatile("li t0, 250\n1:\taddi t0, t0, -1\n\tbnez t0, 1b" ::: "t0");
#else
    __asm__ volatile(".syntax unified\n\tmovs r3, #250\n1:\tsubs r3, r3, #1\n\tbne 1b" ::: "r3", "cc");
#endif
    MODEL_LAYER_END(1);
    test.counter_exact = test.empty - empty == 501u;
    test.empty = empty;
}

/* ------------------------------------------------------------------ stack */

/* Bytes of stack that one inference uses, below what its caller has. */
__attribute__((noinline)) static uint32_t measure_stack(void)
{
    uint32_t *top;
    volatile uint32_t *word = &stack_limit;

#if defined(__riscv)
    __asm__ volatile("mv %0, sp" : "=r"(top));
#else
    __asm__ volatile("mov %0, sp" : "=r"(top));
#endif
    while (word < top)
    {
        *word++ = STACK_PAINT;
    }
    run_model();
    for (word = &stack_limit; word < top && *word == STACK_PAINT;)
    {
        word++;
    }
    if (word == &stack_limit)
    {
        stop("the stack is too small");
    }
    return (uint32_t)((uintptr_t)top - (uintptr_t)word);
}

/* ------------------------------------------------------------------ states */

static void save_states(void)
{
    uint8_t *saved = test.states;

    for (const struct place *state = states; state->size > 0u; state++)
    {
        for (uint32_t i = 0; i < state->size; i++)
        {
            *saved++ = memories[state->memory].bytes[state->offset + i];
        }
    }
}

static void restore_states(void)
{
    const uint8_t *saved = test.states;

    for (const struct place *state = states; state->size > 0u; state++)
    {
        for (uint32_t i = 0; i < state->size; i++)
        {
            memories[state->memory].bytes[state->offset + i] = *saved++;
        }
    }
}

/* ------------------------------------------------------------------ the run */

/* One inference that begins with the saved states. */
static void run(hook_mode mode, uint8_t poison)
{
    fill(memories[ARENA].bytes, memories[ARENA].size, poison);
    for (uint32_t i = FIRST_PART; i < MEMORIES; i++)
    {
        fill(memories[i].bytes, memories[i].size, poison);
    }
    restore_states();
    for (uint32_t i = 0; i < LAYERS; i++)
    {
        test.counts[i] = mode == COUNT ? 0 : test.counts[i];
        test.calls[i] = 0;
        test.sums[i] = 0;
        test.sizes[i] = 0;
    }
    test.mode = mode;
    run_model();
    test.mode = SILENT;
    if (!guards_hold())
    {
        fail("wrote outside the buffers");
        set_guards();
    }
}

static uint32_t hash_inputs(void)
{
    uint32_t state = 2166136261u;

    for (uint32_t i = FIRST_INPUT; i < FIRST_INPUT + INPUTS; i++)
    {
        state = hash(state, memories[i].bytes, memories[i].size);
    }
    return state;
}

static uint32_t hash_outputs(void)
{
    uint32_t state = 2166136261u;

    for (uint32_t i = FIRST_OUTPUT; i < FIRST_OUTPUT + OUTPUTS; i++)
    {
        state = hash(state, memories[i].bytes, memories[i].size);
    }
    return state;
}

static void read_input(int32_t inputs)
{
    for (uint32_t i = FIRST_INPUT; i < FIRST_INPUT + INPUTS; i++)
    {
        if (host_read(inputs, memories[i].bytes, memories[i].size) != 0)
        {
            stop("inputs.bin cannot be read");
        }
    }
}

static void run_input(int32_t inputs)
{
    read_input(inputs);
    save_states();

    const uint32_t input = hash_inputs();

    run(WATCH, 0x55);

    const uint32_t output = hash_outputs();

    if (test.input == 0)
    {
        test.first_outputs = output;
    }
    if (host_read(test.expected, test.expected_sums, sizeof test.expected_sums) != 0)
    {
        stop("expected.bin is too short");
    }
    run(COUNT, 0xAA);
    compare_all();
    if (output != hash_outputs())
    {
        fail("the second inference differs from the first: the result depends on what the arena held");
    }
    if (input != hash_inputs())
    {
        fail("the input was changed");
    }
}

/* After all inputs, a reset must lead to the first input's answer again. */
static void run_first_input_again(void)
{
    const int32_t inputs = host_open("inputs.bin", OPEN_TO_READ);

    if (inputs < 0)
    {
        stop("inputs.bin cannot be opened again");
    }
    read_input(inputs);
    host_close(inputs);
    reset_model();
    save_states();
    run(SILENT, 0x55);
    if (test.first_outputs != hash_outputs())
    {
        fail("a reset does not bring back the first answer");
    }
}

static void print_counts(void)
{
    for (uint32_t i = 0; i < LAYERS; i++)
    {
        host_print("layer ");
        host_print_number(i + 1u);
        host_print(" instructions ");
        host_print_number(test.counts[i]);
        host_print(" ");
        host_print(layers[i].name);
        host_print("\n");
    }
}

int main(void)
{
#if TWIN_ARM
    /* CCR: division by zero faults, and so does an unaligned access where the board's core has none. */
    *(volatile uint32_t *)0xE000ED14u |= (1u << 4) | ((uint32_t)TWIN_TRAP_UNALIGNED << 3);
#endif
    const int32_t inputs = host_open("inputs.bin", OPEN_TO_READ);

    test.expected = host_open("expected.bin", OPEN_TO_READ);
    test.tensors = host_open("tensors.bin", OPEN_TO_WRITE);
    if (inputs < 0 || test.expected < 0 || test.tensors < 0)
    {
        stop("inputs.bin, expected.bin or tensors.bin cannot be opened");
    }

    const uint32_t count = (uint32_t)host_length(inputs) / INPUT_BYTES;

    host_print("model " MODEL_NAME "\n");
    set_guards();
    calibrate();
    reset_model();
    for (test.input = 0; test.input < count; test.input++)
    {
        run_input(inputs);
    }
    test.input = 0;
    host_close(inputs);
    host_close(test.expected);
    host_close(test.tensors);
    if (STATES > 0 && count > 0u)
    {
        run_first_input_again();
    }

    if (test.counter_exact)
    {
        print_counts();
    }
    host_print("stack ");
    host_print_number(measure_stack());
    host_print("\n");

    const int32_t differing = run_selftest();

    if (differing != 0)
    {
        fail_at((uint32_t)differing - 1u, "the self-test found a difference");
    }
    if (!guards_hold())
    {
        fail("the self-test wrote outside the buffers");
    }
    host_print("inputs ");
    host_print_number(count);
    host_print(test.failed ? "\nFAIL\n" : "\nPASS\n");
    host_exit(test.failed ? 1 : 0);
}

/* ------------------------------------------------------------------ faults */

__attribute__((noreturn)) static void fault(const char *kind, uint32_t cause, uint32_t address)
{
    host_print("FAULT ");
    host_print(kind);
    host_print(" cause ");
    host_print_hex(cause);
    host_print(" at ");
    host_print_hex(address);
    host_print("\n");
    host_exit(FAULT_STATUS);
}

#if TWIN_ARM
void HardFault_Handler(void);
void hard_fault(const uint32_t *frame);

/* The processor has pushed r0-r3, r12, lr and the faulting instruction's address. */
__attribute__((used)) void hard_fault(const uint32_t *frame)
{
    fault("HardFault", *(volatile uint32_t *)0xE000ED28u, frame[6]);
}

__attribute__((naked)) void HardFault_Handler(void)
{
    __asm__ volatile("mrs r0, msp\n\tldr r1, =hard_fault\n\tbx r1");
}
#else
void trap_handler(uint32_t cause, uint32_t address, uint32_t value);
void trap_handler(uint32_t cause, uint32_t address, uint32_t value)
{
    (void)value;
    fault("trap", cause, address);
}
#endif
