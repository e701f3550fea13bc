/// \file
/// Metadata that a program owns, builders, filters and expressions.
#ifndef STTP_METADATA_HPP
#define STTP_METADATA_HPP

#include <string>
#include <string_view>
#include <utility>

#include "generated/builder.hpp"
#include "generated/filter.hpp"
#include "metadata_view.hpp"

namespace sttp {

/// Metadata that are the program's own: moved, and copied by clone(). Moved from, they are empty.
class metadata : public metadata_view {
public:
    /// None.
    metadata() noexcept = default;
    /// Takes over a handle of C, which is freed with this object.
    explicit metadata(::sttp_metadata *handle) noexcept : metadata_view(handle) {}
    metadata(metadata &&other) noexcept : metadata_view(other.release()) {}
    metadata &operator=(metadata &&other) noexcept {
        if (this != &other) {
            reset(other.release());
        }
        return *this;
    }
    ~metadata() { reset(); }

    /// Reads metadata from XML.
    /// \throws error: errc::metadata when it is none; the message says where.
    static metadata parse(std::string_view xml, std::error_code &code = throws()) {
        ::sttp_metadata *made = nullptr;
        detail::check(::sttp_metadata_parse(xml.data(), xml.size(), &made), code);
        return metadata(made);
    }
    /// Some metadata to try things with.
    static metadata sample(std::error_code &code = throws()) {
        ::sttp_metadata *made = nullptr;
        detail::check(::sttp_metadata_sample(&made), code);
        return metadata(made);
    }

    /// Gives the handle away, to be freed with sttp_metadata_free.
    ::sttp_metadata *release() noexcept { return const_cast<::sttp_metadata *>(std::exchange(handle_, nullptr)); }
    /// Frees the handle, and with it the texts of its records, unless a clone lives.
    void reset(::sttp_metadata *handle = nullptr) noexcept {
        ::sttp_metadata *before = release();
        handle_ = handle;
        ::sttp_metadata_free(before);
    }
};

inline metadata metadata_view::clone(std::error_code &code) const {
    ::sttp_metadata *made = nullptr;
    detail::check(::sttp_metadata_clone(native_handle(), &made), code);
    return metadata(made);
}

/// Metadata made of two, and how many rows came from the other.
struct combined_metadata {
    /// The new metadata.
    sttp::metadata metadata;
    /// How many rows were added.
    std::size_t added = 0;
    /// How many rows took values of the other.
    std::size_t replaced = 0;
};

/// The rows of one, and behind them those of the other. Phasors of the other whose number is taken get a new one.
/// \throws error: errc::metadata when a value does not fit the type of the first's column.
inline combined_metadata append(const metadata_view &first, const metadata_view &other, std::error_code &code = throws()) {
    ::sttp_metadata *made = nullptr;
    combined_metadata result;
    detail::check(::sttp_metadata_append(first.native_handle(), other.native_handle(), &made, &result.added), code);
    result.metadata.reset(made);
    return result;
}

/// As append, but rows of the first take the values of those that are the same in the other, which is newer.
inline combined_metadata merge(const metadata_view &first, const metadata_view &other, std::error_code &code = throws()) {
    ::sttp_metadata *made = nullptr;
    combined_metadata result;
    detail::check(::sttp_metadata_merge(first.native_handle(), other.native_handle(), &made, &result.added, &result.replaced), code);
    result.metadata.reset(made);
    return result;
}

/// Builds metadata: add devices, phasors and measurements, or whole tables, then finish() it.
class metadata_builder : public metadata_builder_calls {
public:
    /// With the standard tables of STTP metadata.
    explicit metadata_builder(std::error_code &code = throws()) {
        take([](::sttp_metadata_builder **made) { return ::sttp_metadata_builder_new(made); }, code);
    }
    /// With what others have.
    explicit metadata_builder(const metadata_view &others, std::error_code &code = throws()) {
        take([&](::sttp_metadata_builder **made) { return ::sttp_metadata_builder_new_from(others.native_handle(), made); }, code);
    }
    /// Without tables, for those of the program's own.
    /// \param name  Name of the data set: the root element of its XML; nullptr for `DataSet`.
    static metadata_builder empty(const text &name = nullptr, std::error_code &code = throws()) {
        metadata_builder builder(no_handle{});
        builder.take(
            [&](::sttp_metadata_builder **made) { return ::sttp_metadata_builder_new_empty(name.c_str(), made); }, code);
        return builder;
    }

    /// What was built; the builder is as new afterwards.
    metadata finish(std::error_code &code = throws()) {
        ::sttp_metadata *made = nullptr;
        detail::check(::sttp_metadata_builder_finish(native_handle(), &made), code);
        return metadata(made);
    }

private:
    struct no_handle {};
    explicit metadata_builder(no_handle) noexcept {}

    template <class Makes>
    void take(const Makes &makes, std::error_code &code) {
        ::sttp_metadata_builder *made = nullptr;
        detail::check(makes(&made), code);
        reset(made);
    }
};

/// The adder and multiplier behind an identifier: value * multiplier + adder.
struct adjustment {
    /// What is to be added.
    double adder = 0;
    /// What is to be multiplied with, before.
    double multiplier = 1;
};

/// A filter, compiled once and used often, by any number of threads.
class filter : public filter_calls {
public:
    /// Compiles a filter, which needs no metadata.
    /// \throws error: errc::filter when it is not written as filters are; the message says where.
    explicit filter(const text &characters, std::error_code &code = throws()) {
        ::sttp_filter *made = nullptr;
        detail::check(::sttp_filter_new(characters.c_str(), &made), code);
        reset(made);
    }

    /// The adder and multiplier of a statement, as in `PPA:1, 0.5, 2; PPA:2`.
    /// \param statement  Number of the statement, from 0.
    /// \throws error: errc::not_found when there is no such statement.
    sttp::adjustment adjustment(std::size_t statement, std::error_code &code = throws()) const {
        sttp::adjustment found;
        detail::check(::sttp_filter_adjustment(native_handle(), statement, &found.adder, &found.multiplier), code);
        return found;
    }
};

/// An expression, compiled once and evaluated at many rows, by any number of threads.
class expression : public detail::owner<::sttp_expression, ::sttp_expression_free> {
public:
    /// Compiles an expression, which needs no metadata.
    /// \throws error: errc::filter when it is not written as expressions are; the message says where.
    explicit expression(const text &characters, std::error_code &code = throws()) {
        ::sttp_expression *made = nullptr;
        detail::check(::sttp_expression_new(characters.c_str(), &made), code);
        reset(made);
    }

    /// Evaluates it at a row of a table; an empty metadata_view does for one that names no columns.
    /// \throws error: errc::not_found when there is no such table or row; errc::filter when there is no such column, or
    ///     an operator cannot be applied at this row.
    value evaluate(const metadata_view &metadata, std::size_t table, std::size_t row,
                   std::error_code &code = throws()) const {
        return detail::read_value(
            [&](::sttp_value *found, char *buffer, std::size_t size) {
                return ::sttp_expression_evaluate(native_handle(), metadata.native_handle(), table, row, found, buffer, size);
            },
            code);
    }
};

/// What a signal reference says.
struct signal_reference {
    /// Acronym of the device.
    std::string device;
    /// What of the device the signal is.
    signal_kind kind{};
    /// Its number among those of its kind, from 1; 0 when there is only one.
    std::uint32_t index = 0;
};

/// Reads a signal reference, as `SHELBY-PM1`.
/// \throws error: errc::invalid_argument when the text is none.
inline signal_reference parse_signal_reference(const std::string &characters, std::error_code &code = throws()) {
    signal_reference found;
    std::string device(characters.size() + 1, '\0');
    std::int32_t kind = 0;
    const text checked(characters);
    detail::check(::sttp_signal_reference_parse(checked.c_str(), &kind, &found.index, &device[0], device.size()), code);
    found.kind = static_cast<signal_kind>(kind);
    found.device = device.c_str();
    return found;
}

}  // namespace sttp

#endif
