/* Preloaded, it leaves no memory for the lines of a report of devices, and for nothing else. */
#include <stddef.h>

#include "../../tools/common/device_report.h"

void *__libc_calloc(size_t count, size_t size);

void *calloc(size_t count, size_t size) {
    return size == sizeof(struct device_line) ? NULL : __libc_calloc(count, size);
}
