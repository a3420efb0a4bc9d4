/* Files, text and exit by semihosting: the emulator (or a debugger) serves the program's requests.
 * See Arm, "Semihosting for AArch32 and AArch64", and RISC-V International, "RISC-V Semihosting". */
#ifndef SEMIHOSTING_H
#define SEMIHOSTING_H

#include <stdint.h>

typedef enum { OPEN_TO_READ = 1, OPEN_TO_WRITE = 5 } open_mode;

/* Opens a file of the emulator's working directory. Returns its handle, or -1. */
int32_t host_open(const char *name, open_mode mode);

/* Bytes of an open file, or -1. */
int32_t host_length(int32_t file);

/* The next byte to read or write, from the file's start. Returns 0 if that worked. */
int32_t host_seek(int32_t file, uint32_t position);

/* Both return 0 if all bytes were read or written. */
int32_t host_read(int32_t file, void *bytes, uint32_t count);
int32_t host_write(int32_t file, const void *bytes, uint32_t count);

void host_close(int32_t file);

/* Text on the emulator's standard output. */
void host_print(const char *text);
void host_print_number(uint32_t value);
void host_print_hex(uint32_t value);

/* Ends the emulator with this exit status. */
void host_exit(uint32_t status) __attribute__((noreturn));

#endif
