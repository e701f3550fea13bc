/* What a process takes of the machine: processor time, memory and file descriptors. */
#ifndef LOAD_USAGE_H
#define LOAD_USAGE_H

#include <stdint.h>

/* Processor time of all threads of this process, in seconds. */
struct processor_time {
    double user;
    double system;
};
struct processor_time processor_time_now(void);
struct processor_time processor_time_since(struct processor_time start);

/* Resident memory of this process in bytes, now and at its peak; 0 where /proc does not tell. */
uint64_t resident_bytes(void);
uint64_t peak_resident_bytes(void);

/* Lets this process have a descriptor for each of `connections`; 0, or -1 after saying what to do. */
int allow_connections(uint64_t connections);

#endif
