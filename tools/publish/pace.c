#include "pace.h"

#include <math.h>

#include "../common/tool.h"
#include "sttp.h"

#define TICKS_PER_SECOND 10000000LL

/* Clocks are read one after the other, and the process may have to wait in between. */
#define CLOCKS_AGREE_SECONDS 0.1
#define PAUSE_SECONDS 1.0

/* Both clocks, of nearly the same moment. */
static double read_clocks(int64_t *ticks) {
    double before = 0.0;
    double after = 0.0;
    int attempts = 0;
    do {
        before = tool_clock();
        *ticks = sttp_time_now();
        after = tool_clock();
    } while (after - before > CLOCKS_AGREE_SECONDS / 10.0 && ++attempts < 10);
    return after;
}

static void restart(struct pace *pace, uint64_t frame, int on_whole_second) {
    pace->first = frame;
    pace->clock = read_clocks(&pace->ticks);
    pace->looked = pace->clock;
    if (on_whole_second) {
        int64_t left = TICKS_PER_SECOND - pace->ticks % TICKS_PER_SECOND;
        pace->ticks += left;
        pace->clock += (double)left / (double)TICKS_PER_SECOND;
    }
}

void pace_begin(struct pace *pace, double rate, int on_whole_second) {
    pace->rate = rate;
    restart(pace, 0, on_whole_second);
}

double pace_due(const struct pace *pace, uint64_t frame) {
    return pace->clock + (double)(frame - pace->first) / pace->rate;
}

int64_t pace_ticks(const struct pace *pace, uint64_t frame) {
    return pace->ticks + llround((double)(frame - pace->first) * (double)TICKS_PER_SECOND / pace->rate);
}

int pace_was_disturbed(struct pace *pace, uint64_t frame) {
    int64_t ticks = 0;
    double now = read_clocks(&ticks);
    double since = now - pace->looked;
    double late = now - pace_due(pace, frame);
    double ahead = (double)(ticks - pace->ticks) / (double)TICKS_PER_SECOND - (now - pace->clock);
    pace->looked = now;
    if (fabs(ahead) > CLOCKS_AGREE_SECONDS) {
        tool_error("the system's clock was set %s by %.1f seconds; times follow it", ahead > 0.0 ? "forward" : "back",
                   fabs(ahead));
    } else if (late > PAUSE_SECONDS && since > PAUSE_SECONDS) {
        tool_error("this program did not run for %.1f seconds; %.0f frames are left out", since,
                   ceil(late * pace->rate));
    } else {
        return 0;
    }
    restart(pace, frame, 1);
    return 1;
}

void pace_forgive(struct pace *pace, uint64_t frame) {
    if (tool_clock() - pace_due(pace, frame) > PAUSE_SECONDS) {
        restart(pace, frame, 0);
    }
}
