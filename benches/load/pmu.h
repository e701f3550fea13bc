/* A made-up PMU that speaks C37.118: six phasors in magnitude and angle, four analogs and a digital word, all but that
 * as 32-bit floats. What it sends is written here without the library, which so has a judge. */
#ifndef LOAD_PMU_H
#define LOAD_PMU_H

#include <stddef.h>
#include <stdint.h>

#define PMU_PHASORS 6
#define PMU_ANALOGS 4
/* Status, frequency and its rate of change, phasors, analogs and the digital word; and the time quality of its stream. */
#define PMU_MEASUREMENTS (3 + 2 * PMU_PHASORS + PMU_ANALOGS + 1 + 1)
#define PMU_COMMAND_SIZE 18
#define PMU_MOST_SIZE 1024 /* of a frame */

struct pmu {
    uint16_t id_code;
    uint64_t random;
    double angle; /* radians */
};

void pmu_new(struct pmu *pmu, uint16_t id_code);

/* Write a frame to a buffer of PMU_MOST_SIZE, and return its size: a CFG-2, and the next data frame, whose values, as a
 * subscriber receives them, are added to `value_sum` as the bits of doubles. */
size_t pmu_configuration(const struct pmu *pmu, uint64_t rate, int64_t ticks, uint8_t *frame);
size_t pmu_data(struct pmu *pmu, int64_t ticks, uint8_t *frame, uint64_t *value_sum);

/* Reads a command frame of PMU_COMMAND_SIZE bytes: STTP_C37118_STOP_DATA or the like and whom it is for. 0, or -1 when
 * it is none. */
int pmu_read_command(const uint8_t *frame, uint16_t *id_code, uint16_t *command);

#endif
