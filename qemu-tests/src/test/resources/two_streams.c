/* One generated network with a state, two arenas: two streams in turns must give what each gives alone, and a
 * reset must bring the beginning back. */
#include "lstm_step.h"
#include "test/semihosting.h"

enum { FRAMES = 5 };

static lstm_step_arena first __attribute__((section(".arena")));
static lstm_step_arena second __attribute__((section(".arena")));
static int8_t frames[2][FRAMES][LSTM_STEP_INPUT_SIZE];
static int8_t alone[2][FRAMES][LSTM_STEP_OUTPUT_SIZE];
static int8_t scores[LSTM_STEP_OUTPUT_SIZE];
static uint32_t failures;

static void expect(const char *what, const int8_t *wanted)
{
    for (int32_t i = 0; i < LSTM_STEP_OUTPUT_SIZE; i++)
    {
        if (scores[i] != wanted[i])
        {
            host_print(what);
            host_print("\n");
            failures++;
            return;
        }
    }
}

int main(void)
{
    uint32_t random = 1;

    for (int32_t stream = 0; stream < 2; stream++)
    {
        for (int32_t frame = 0; frame < FRAMES; frame++)
        {
            for (int32_t i = 0; i < LSTM_STEP_INPUT_SIZE; i++)
            {
                random = random * 1664525u + 1013904223u;
                frames[stream][frame][i] = (int8_t)(random >> 24);
            }
        }
    }
    for (int32_t stream = 0; stream < 2; stream++)
    {
        lstm_step_reset(&first);
        for (int32_t frame = 0; frame < FRAMES; frame++)
        {
            lstm_step_run(&first, frames[stream][frame], alone[stream][frame]);
        }
    }
    lstm_step_reset(&first);
    lstm_step_reset(&second);
    for (int32_t frame = 0; frame < FRAMES; frame++)
    {
        lstm_step_run(&first, frames[0][frame], scores);
        expect("the first stream is disturbed", alone[0][frame]);
        lstm_step_run(&second, frames[1][frame], scores);
        expect("the second stream is disturbed", alone[1][frame]);
    }
    lstm_step_run(&first, frames[0][0], scores);
    for (int32_t i = 0; i < LSTM_STEP_OUTPUT_SIZE && scores[i] == alone[0][0][i]; i++)
    {
        failures += i + 1 == LSTM_STEP_OUTPUT_SIZE ? 1u : 0u;
    }
    lstm_step_reset(&first);
    lstm_step_run(&first, frames[0][0], scores);
    expect("a reset does not bring the beginning back", alone[0][0]);
    host_print("lstm_step");
    host_print(failures == 0u ? "\nPASS\n" : "\nFAIL\n");
    host_exit(failures);
}
