/* A model written by hand in the manner of generated ones: four layers that do little, each mistake of
 * which can be switched on. */
#ifndef TINY_H
#define TINY_H

#include <stdint.h>

typedef union {
    int32_t align;
    int8_t bytes[24];
} tiny_arena;

void tiny_run(tiny_arena *arena, const int8_t input[8], int8_t output[3]);
int32_t tiny_selftest(tiny_arena *arena, int8_t output[3]);

#ifdef TINY_HOOKS
void tiny_layer_begin(int32_t layer);
void tiny_layer_end(int32_t layer);
#endif

#endif
