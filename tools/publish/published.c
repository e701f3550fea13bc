#include "published.h"

#include <stddef.h>

#include "../common/metadata_read.h"
#include "../common/signals.h"
#include "../common/tool.h"
#include "check.h"
#include "line_reader.h"
#include "parquet.h"
#include "signal_list.h"

static sttp_metadata *load_sample(void) {
    sttp_metadata *metadata = NULL;
    if (sttp_metadata_sample(&metadata) != STTP_OK) {
        tool_library_error("cannot load the embedded sample");
    }
    return metadata;
}

sttp_metadata *published_metadata(const struct options *options) {
    const char *file = options->replay != NULL ? options->replay : options->archive;
    sttp_metadata *metadata = NULL;
    if (options->metadata != NULL) {
        return metadata_read(options->metadata);
    }
    if (options->signal_list != NULL) {
        return signal_list_read(options->signal_list);
    }
    if (options->signals != 0) {
        return signals_make_up(options->signals);
    }
    if (file != NULL && parquet_is(file)) {
        enum parquet_signals told = parquet_metadata(file, &metadata);
        if (told != PARQUET_SAYS_NOTHING) {
            return metadata;
        }
    }
    sttp_metadata *sample = load_sample();
    if (sample == NULL || file == NULL || !lines_are_kept(file) ||
        signals_of_file(file, &options->wishes, sample, &metadata) == SIGNALS_KNOWN) {
        return sample;
    }
    sttp_metadata_free(sample);
    return metadata;
}

struct row_source published_source(const struct options *options, const char *path, const sttp_metadata *metadata) {
    struct row_source source = {path, &options->wishes, metadata, (enum unreadable)options->unreadable};
    return source;
}

int published_check(const struct options *options) {
    sttp_metadata *metadata = published_metadata(options);
    int result = TOOL_FAILED;
    if (metadata != NULL) {
        struct row_source source =
            published_source(options, options->replay != NULL ? options->replay : options->archive, metadata);
        result = check_file(&source);
    }
    sttp_metadata_free(metadata);
    return result;
}
