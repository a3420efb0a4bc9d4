#include "tiny.h"
#include "tiny_kernels.h"
#include "tiny_weights.h"

#ifndef TINY_HOOKS
#define tiny_layer_begin(layer) ((void)0)
#define tiny_layer_end(layer) ((void)0)
#endif

enum { SUMS = 0, SCRATCH = 8, LOOPS = 16 };

void tiny_run(tiny_arena *arena, const int8_t input[8], int8_t output[3])
{
    int8_t *const ram = arena->bytes;

    tiny_layer_begin(1);
    tiny_sums(input, &ram[SCRATCH], &ram[SUMS]);
    tiny_layer_end(1);
    tiny_layer_begin(2);
    tiny_loop_1000(&ram[LOOPS]);
    tiny_layer_end(2);
    tiny_layer_begin(3);
    tiny_loop_2000(&ram[LOOPS + 4]);
    tiny_layer_end(3);
    tiny_layer_begin(4);
    tiny_scores(&ram[SUMS], tiny_weights, output);
    tiny_layer_end(4);
}

int32_t tiny_selftest(tiny_arena *arena, int8_t output[3])
{
    static const int8_t input[8] = {1, 2, 3, 4, 5, 6, 7, 8};

    tiny_sums(input, &arena->bytes[SCRATCH], &arena->bytes[SUMS]);
    if (arena->bytes[SUMS] != 9)
    {
        return 1;
    }
    tiny_scores(&arena->bytes[SUMS], tiny_weights, output);
    return output[0] == 9 ? 0 : 4;
}
