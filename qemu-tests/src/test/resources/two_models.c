/* Two generated networks in one program: their self-tests, then a verdict. */
#include "capsnet_mnist.h"
#include "dscnn_mnist.h"
#include "test/semihosting.h"

static capsnet_mnist_arena first_arena __attribute__((section(".arena")));
static dscnn_mnist_arena second_arena __attribute__((section(".arena")));
static int8_t lengths[CAPSNET_MNIST_OUTPUT_SIZE];
static int8_t scores[DSCNN_MNIST_OUTPUT_SIZE];

static uint32_t report(const char *name, int32_t layer)
{
    host_print(name);
    host_print_number((uint32_t)layer);
    host_print("\n");
    return layer == 0 ? 0u : 1u;
}

int main(void)
{
    uint32_t failures = report("capsnet_mnist ", capsnet_mnist_selftest(&first_arena, lengths));

    failures += report("dscnn_mnist ", dscnn_mnist_selftest(&second_arena, scores));
    host_print(failures == 0u ? "PASS\n" : "FAIL\n");
    host_exit(failures);
}
