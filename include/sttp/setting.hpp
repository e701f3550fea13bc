/// \file
/// Settings: by their keys as texts, or with their types.
#ifndef STTP_SETTING_HPP
#define STTP_SETTING_HPP

#include <chrono>
#include <cstdint>
#include <locale>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>

#include "generated/records.hpp"

namespace sttp {

/// A setting of subscribers, publishers or gateways and the type of its value, as subscriber_settings::read_queue. One
/// of another role is refused by the compiler.
template <role Of, class Value>
struct setting {
    /// Its key.
    const char *key;
};

namespace detail {

/// What a value of a setting is handed in as.
template <class Value>
using setting_argument = std::conditional_t<std::is_same_v<Value, std::string>, std::string_view, Value>;

inline std::string setting_text(bool value) {
    return value ? "true" : "false";
}
inline std::string setting_text(std::int64_t value) {
    return std::to_string(value);
}
inline std::string setting_text(std::string_view value) {
    return std::string(value);
}
/// In nanoseconds, so that no locale has a say in how it is written.
inline std::string setting_text(std::chrono::duration<double> value) {
    const std::int64_t count = std::chrono::duration_cast<std::chrono::nanoseconds>(value).count();
    const std::string fraction = std::to_string(1000000000 + (count < 0 ? -count : count) % 1000000000).substr(1);
    const std::string sign = count < 0 ? "-" : "";
    return sign + std::to_string((count < 0 ? -count : count) / 1000000000) + "." + fraction;
}
template <class Choice, class = std::enable_if_t<std::is_enum_v<Choice>>>
std::string setting_text(Choice value) {
    const auto options = words(value);
    const auto place = static_cast<std::size_t>(value);
    return place < options.size() ? std::string(options[place]) : std::string();
}

template <class Value>
Value number_of(const std::string &characters) {
    std::istringstream stream(characters);
    stream.imbue(std::locale::classic());
    Value value{};
    stream >> value;
    return value;
}

/// The value of a setting, of which the library has told a text that is one.
template <class Value>
Value setting_value(const std::string &characters) {
    if constexpr (std::is_same_v<Value, bool>) {
        return characters == "true";
    } else if constexpr (std::is_same_v<Value, std::string>) {
        return characters;
    } else if constexpr (std::is_enum_v<Value>) {
        const auto options = words(Value{});
        std::size_t place = 0;
        while (place + 1 < options.size() && options[place] != characters) {
            place++;
        }
        return static_cast<Value>(place);
    } else if constexpr (std::is_integral_v<Value>) {
        return number_of<Value>(characters);
    } else {
        return Value(number_of<double>(characters));
    }
}

/// Adds reading of settings with types to the class of calls that reads them as texts.
template <role Of, class Calls>
class with_readable_settings : public Calls {
public:
    using Calls::get;

    /// Reads one setting.
    /// \param of  Which one.
    /// \return Its value.
    template <class Value>
    Value get(const setting<Of, Value> &of, std::error_code &code = throws()) const {
        return setting_value<Value>(Calls::get(of.key, code));
    }

protected:
    using Calls::Calls;
    with_readable_settings() noexcept = default;
};

/// Adds setting them, too.
template <role Of, class Calls>
class with_settings : public with_readable_settings<Of, Calls> {
public:
    using Calls::set;

    /// Sets one setting, as `set` with its key and a text does.
    /// \param of     Which one: `read_queue` and so on, of the namespace of this role's settings.
    /// \param value  Its value, of the setting's type; a std::string_view for texts.
    /// \throws error: errc::invalid_argument when the setting cannot have that value, which the message names.
    template <class Value>
    void set(const setting<Of, Value> &of, const setting_argument<std::enable_if_t<true, Value>> &value,
             std::error_code &code = throws()) {
        Calls::set(of.key, setting_text(value), code);
    }

protected:
    using with_readable_settings<Of, Calls>::with_readable_settings;
    with_settings() noexcept = default;
};

struct setting_at {
    role of{};
    setting_info operator()(std::size_t index) const {
        ::sttp_setting found{};
        check(::sttp_setting_at(static_cast<std::int32_t>(of), index, &found, sizeof found), throws());
        return setting_info(found);
    }
};

}  // namespace detail

/// The table of settings of a role, groups before what is in them: a range of setting_info.
inline indexed_range<detail::setting_at> settings_of(role of, std::error_code &code = throws()) {
    std::size_t count = 0;
    detail::check(::sttp_setting_count(static_cast<std::int32_t>(of), &count), code);
    return {{of}, count};
}

/// Finds a setting by its key or another spelling of it.
/// \throws error: errc::invalid_argument when there is no such setting of this role, with the one that may be meant.
inline setting_info find_setting(role of, const text &key, std::error_code &code = throws()) {
    ::sttp_setting found{};
    const std::int32_t number = static_cast<std::int32_t>(of);
    detail::check(::sttp_setting_find(number, key.c_str(), &found, sizeof found), code);
    return setting_info(found);
}

}  // namespace sttp

#endif
