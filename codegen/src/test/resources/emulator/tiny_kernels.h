#ifndef TINY_KERNELS_H
#define TINY_KERNELS_H

#include <stdint.h>

void tiny_sums(const int8_t *x, int8_t *scratch, int8_t *y);
void tiny_loop_1000(int8_t *y);
void tiny_loop_2000(int8_t *y);
void tiny_scores(const int8_t *x, const int8_t *w, int8_t *y);

#endif
