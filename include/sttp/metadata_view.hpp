/// \file
/// Metadata: devices, measurements, phasors and tables as ranges.
#ifndef STTP_METADATA_VIEW_HPP
#define STTP_METADATA_VIEW_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "generated/metadata.hpp"

namespace sttp {

class metadata;

/// The value of a cell or an expression.
class value {
public:
    /// Null.
    value() = default;
    /// What the record of C says, with its text.
    value(const ::sttp_value &of, std::string characters) : value_(of), text_(std::move(characters)) {}

    /// Its type, which also a null has.
    value_type type() const noexcept { return static_cast<value_type>(value_.type); }
    /// Whether there is no value.
    bool is_null() const noexcept { return value_.is_null != 0; }
    /// The value as text; empty for null.
    const std::string &text() const noexcept { return text_; }
    /// An integer, 1 for true, or a number cut toward zero; 0 for what is none. A UInt64 has the same 64 bits.
    std::int64_t integer() const noexcept { return value_.integer; }
    /// Whether it is true.
    bool boolean() const noexcept { return value_.integer != 0; }
    /// A number as the nearest double; 0 for what is none.
    double number() const noexcept { return value_.number; }
    /// A Guid; zeros for what is none.
    sttp::guid guid() const noexcept { return value_.guid; }
    /// A DateTime; 0 for what is none.
    ticks time() const noexcept { return type() == value_type::datetime ? value_.integer : 0; }

private:
    ::sttp_value value_{{{}}, 0, 0, 0, 0, 1};
    std::string text_;
};

namespace detail {

/// Reads a value and its text. `reads(value, buffer, size)` gives the status.
template <class Reads>
value read_value(const Reads &reads, std::error_code &code) {
    ::sttp_value found{};
    if (!check(reads(&found, static_cast<char *>(nullptr), std::size_t{0}), code)) {
        return {};
    }
    std::string buffer(STTP_VALUE_TEXT_SIZE + static_cast<std::size_t>(found.text_length), '\0');
    if (!check(reads(&found, &buffer[0], buffer.size()), code)) {
        return {};
    }
    const bool is_text = found.type == STTP_TYPE_STRING;
    buffer.resize(is_text ? static_cast<std::size_t>(found.text_length) : std::string_view(buffer.c_str()).size());
    return {found, std::move(buffer)};
}

}  // namespace detail

/// A column of a table.
struct column_info {
    /// Its number, from 0.
    std::size_t index = 0;
    /// Its name; valid as long as the metadata.
    std::string_view name;
    /// The type of its values.
    value_type type{};
};

/// A row of a table of metadata; valid as long as the metadata.
class row_view {
public:
    /// None.
    row_view() = default;
    /// A row of which all is to be there.
    row_view(const ::sttp_metadata *metadata, std::size_t table, std::size_t row)
        : metadata_(metadata), table_(table), row_(row) {}

    /// Its number, from 0.
    std::size_t index() const noexcept { return row_; }

    /// The value of a column, which is copied.
    /// \param column  Number of the column.
    value at(std::size_t column, std::error_code &code = throws()) const {
        return detail::read_value(
            [&](::sttp_value *found, char *buffer, std::size_t size) {
                return ::sttp_metadata_cell(metadata_, table_, row_, column, found, buffer, size);
            },
            code);
    }
    /// The value of a column.
    /// \param column  Name of the column.
    /// \throws error: errc::not_found when there is no such column.
    value at(const text &column, std::error_code &code = throws()) const {
        std::size_t index = 0;
        return find(column, index, code) ? at(index, code) : value();
    }
    /// The text of a column of type String without a copy; nothing for null.
    /// \param column  Number of the column.
    /// \throws error: errc::invalid_argument when the column is of another type.
    std::optional<std::string_view> text_at(std::size_t column, std::error_code &code = throws()) const {
        const char *found = nullptr;
        detail::check(::sttp_metadata_cell_string(metadata_, table_, row_, column, &found), code);
        return found == nullptr ? std::nullopt : std::optional<std::string_view>(found);
    }
    /// The text of a column of that name and of type String without a copy; nothing for null.
    std::optional<std::string_view> text_at(const text &column, std::error_code &code = throws()) const {
        std::size_t index = 0;
        return find(column, index, code) ? text_at(index, code) : std::nullopt;
    }

private:
    bool find(const text &column, std::size_t &index, std::error_code &code) const {
        return detail::check(::sttp_metadata_find_column(metadata_, table_, column.c_str(), &index), code);
    }

    const ::sttp_metadata *metadata_ = nullptr;
    std::size_t table_ = 0;
    std::size_t row_ = 0;
};

namespace detail {

struct row_at {
    const ::sttp_metadata *metadata = nullptr;
    std::size_t table = 0;
    row_view operator()(std::size_t row) const { return {metadata, table, row}; }
};

struct column_at {
    const ::sttp_metadata *metadata = nullptr;
    std::size_t table = 0;
    column_info operator()(std::size_t index) const {
        const char *name = nullptr;
        std::int32_t type = 0;
        check(::sttp_metadata_column(metadata, table, index, &name, &type), throws());
        return {index, view(name), static_cast<value_type>(type)};
    }
};

}  // namespace detail

/// A table of metadata; valid as long as the metadata.
class table_view {
public:
    /// None.
    table_view() = default;
    /// \param metadata  Whose table.
    /// \param index     Number of the table, from 0, or STTP_TABLE_ACTIVE_MEASUREMENTS.
    /// \throws error: errc::not_found when there is no such table.
    table_view(const ::sttp_metadata *metadata, std::size_t index, std::error_code &code = throws())
        : metadata_(metadata), index_(index) {
        const char *name = nullptr;
        detail::check(::sttp_metadata_table(metadata, index, &name, &rows_, &columns_), code);
        name_ = detail::view(name);
    }

    /// Its number, from 0.
    std::size_t index() const noexcept { return index_; }
    /// Its name.
    std::string_view name() const noexcept { return name_; }
    /// Its rows: a range of row_view.
    indexed_range<detail::row_at> rows() const noexcept { return {{metadata_, index_}, rows_}; }
    /// Its columns: a range of column_info.
    indexed_range<detail::column_at> columns() const noexcept { return {{metadata_, index_}, columns_}; }

private:
    const ::sttp_metadata *metadata_ = nullptr;
    std::size_t index_ = 0;
    std::string_view name_;
    std::size_t rows_ = 0;
    std::size_t columns_ = 0;
};

namespace detail {

struct device_at {
    const ::sttp_metadata *metadata = nullptr;
    device operator()(std::size_t row) const { return metadata_calls(metadata).device(row); }
};

struct measurement_at {
    const ::sttp_metadata *metadata = nullptr;
    measurement_info operator()(std::size_t row) const { return metadata_calls(metadata).measurement(row); }
};

struct phasor_at {
    const ::sttp_metadata *metadata = nullptr;
    phasor operator()(std::size_t row) const { return metadata_calls(metadata).phasor(row); }
};

struct table_at {
    const ::sttp_metadata *metadata = nullptr;
    table_view operator()(std::size_t index) const { return {metadata, index}; }
};

/// Counts findings by going on until there are no more, for of each kind the first ones only are kept.
struct finding_at {
    const ::sttp_metadata *metadata = nullptr;
    finding operator()(std::size_t index) const { return metadata_calls(metadata).finding(index); }
};

}  // namespace detail

/// Metadata that belong to somebody else, as those that a callback is handed; keep them with clone(). They never
/// change: any number of threads may read them.
class metadata_view : public metadata_calls {
private:
    template <class Source>
    static auto all(const Source &source, const std::vector<std::size_t> &rows) {
        std::vector<decltype(source(0))> found;
        found.reserve(rows.size());
        for (const std::size_t row : rows) {
            found.push_back(source(row));
        }
        return found;
    }

    template <class Source>
    static auto one(const Source &source, const std::optional<std::size_t> &row) {
        return row ? std::optional<decltype(source(0))>(source(*row)) : std::nullopt;
    }

public:
    /// None.
    metadata_view() noexcept = default;
    /// Those of a handle of C, as valid as that.
    explicit metadata_view(const ::sttp_metadata *handle) noexcept : metadata_calls(handle) {}

    /// Another handle of the same metadata, which lives on. Copies nothing.
    metadata clone(std::error_code &code = throws()) const;

    // -- ranges; the elements' texts are valid as long as the metadata --

    /// All devices: a range of device.
    indexed_range<detail::device_at> devices(std::error_code &code = throws()) const {
        return {{native_handle()}, device_count(code)};
    }
    /// All measurements: a range of measurement_info.
    indexed_range<detail::measurement_at> measurements(std::error_code &code = throws()) const {
        return {{native_handle()}, measurement_count(code)};
    }
    /// All phasors: a range of phasor.
    indexed_range<detail::phasor_at> phasors(std::error_code &code = throws()) const {
        return {{native_handle()}, phasor_count(code)};
    }
    /// All tables, without ActiveMeasurements: a range of table_view.
    indexed_range<detail::table_at> tables(std::error_code &code = throws()) const {
        return {{native_handle()}, table_count(code)};
    }
    /// What is wrong with the metadata: a range of finding; of each kind the first 100 at most.
    indexed_range<detail::finding_at> findings(std::error_code &code = throws()) const {
        std::size_t kept = 0;
        std::error_code end;
        while (static_cast<void>(finding(kept, end)), !end) {
            kept++;
        }
        detail::check(end == errc::not_found ? STTP_OK : end.value(), code);
        return {{native_handle()}, kept};
    }
    /// How many findings there are, also those that are not kept.
    std::size_t finding_count_of_all(std::error_code &code = throws()) const {
        return finding_count(static_cast<finding_kind>(STTP_FINDING_ANY), code);
    }

    // -- tables --

    /// A table by its name.
    /// \throws error: errc::not_found when there is no such table.
    table_view table(const text &name, std::error_code &code = throws()) const {
        std::size_t index = 0;
        if (!detail::check(::sttp_metadata_find_table(native_handle(), name.c_str(), &index), code)) {
            return {};
        }
        return {native_handle(), index, code};
    }
    /// ActiveMeasurements, which the library makes of the others: a row for each measurement in use, as filters of
    /// subscriptions see it.
    table_view active_measurements(std::error_code &code = throws()) const {
        return {native_handle(), STTP_TABLE_ACTIVE_MEASUREMENTS, code};
    }

    // -- what belongs together --

    /// The measurements of a device.
    std::vector<measurement_info> measurements_of(const sttp::device &of, std::error_code &code = throws()) const {
        return all(detail::measurement_at{native_handle()}, device_measurements(of.row, code));
    }
    /// The phasors of a device.
    std::vector<sttp::phasor> phasors_of(const sttp::device &of, std::error_code &code = throws()) const {
        return all(detail::phasor_at{native_handle()}, device_phasors(of.row, code));
    }
    /// The devices that report through a concentrator. Metadata of others may have circles.
    std::vector<sttp::device> children_of(const sttp::device &of, std::error_code &code = throws()) const {
        return all(detail::device_at{native_handle()}, device_children(of.row, code));
    }
    /// The concentrator that a device reports through; nothing when there is none.
    std::optional<sttp::device> parent_of(const sttp::device &of, std::error_code &code = throws()) const {
        return one(detail::device_at{native_handle()}, device_parent(of.row, code));
    }
    /// The device of a measurement; nothing when there is none.
    std::optional<sttp::device> device_of(const measurement_info &of, std::error_code &code = throws()) const {
        return one(detail::device_at{native_handle()}, measurement_device(of.row, code));
    }
    /// The device of a phasor; nothing when there is none.
    std::optional<sttp::device> device_of(const sttp::phasor &of, std::error_code &code = throws()) const {
        return one(detail::device_at{native_handle()}, phasor_device(of.row, code));
    }
    /// The phasor whose magnitude or angle a measurement is; nothing for others.
    std::optional<sttp::phasor> phasor_of(const measurement_info &of, std::error_code &code = throws()) const {
        return one(detail::phasor_at{native_handle()}, measurement_phasor(of.row, code));
    }
    /// The measurement that is the magnitude of a phasor.
    std::optional<measurement_info> magnitude_of(const sttp::phasor &of, std::error_code &code = throws()) const {
        return one(detail::measurement_at{native_handle()}, phasor_magnitude(of.row, code));
    }
    /// The measurement that is the angle of a phasor.
    std::optional<measurement_info> angle_of(const sttp::phasor &of, std::error_code &code = throws()) const {
        return one(detail::measurement_at{native_handle()}, phasor_angle(of.row, code));
    }

    // -- expressions, XML --

    /// Evaluates an expression, as `SignalAcronym LIKE '%PHM' AND Len(PointTag) > 10`, at a row of a table. Arithmetic
    /// operators apply from left to right: `1 + 2 * 3` is 9.
    /// \throws error: errc::not_found when there is no such table or row; errc::filter when the expression is invalid
    ///     or cannot be evaluated at this row: the message says where.
    value evaluate(std::size_t table, std::size_t row, const text &expression, std::error_code &code = throws()) const {
        return detail::read_value(
            [&](::sttp_value *found, char *buffer, std::size_t size) {
                return ::sttp_metadata_evaluate(native_handle(), table, row, expression.c_str(), found, buffer, size);
            },
            code);
    }

    /// The document that publishers send, in UTF-8; valid as long as the handle. The first call writes it, which takes
    /// long for large metadata.
    std::string_view to_xml(std::error_code &code = throws()) const {
        const char *xml = nullptr;
        std::size_t length = 0;
        detail::check(::sttp_metadata_to_xml(native_handle(), &xml, &length), code);
        return xml == nullptr ? std::string_view() : std::string_view(xml, length);
    }
};

}  // namespace sttp

#endif
