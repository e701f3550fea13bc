/// \file
/// Views without a copy, texts that are handed in, and what owns a handle.
#ifndef STTP_VIEWS_HPP
#define STTP_VIEWS_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>
#if __cplusplus >= 202002L
#include <ranges>
#endif

#include "../sttp.h"

namespace sttp {

/// Elements that lie one behind the other and belong to somebody else: what std::span is in C++20, which converts to
/// and from this. As valid as what it was made from.
template <class T>
class span {
public:
    // As std::span has them.
    using element_type = T;
    using value_type = std::remove_cv_t<T>;
    using size_type = std::size_t;
    using difference_type = std::ptrdiff_t;
    using pointer = T *;
    using reference = T &;
    using iterator = T *;
    using const_iterator = T *;

    /// No elements.
    constexpr span() noexcept = default;
    /// \param data  The first element; may be null when there are none.
    /// \param size  How many there are.
    constexpr span(T *data, std::size_t size) noexcept : data_(data), size_(size) {}
    /// The elements of an array.
    template <std::size_t N>
    constexpr span(T (&array)[N]) noexcept : data_(array), size_(N) {}
    /// The elements of a container that keeps them together, as std::vector, std::array and std::span do.
    template <class Container,
              class = std::enable_if_t<
                  !std::is_array_v<std::remove_reference_t<Container>> &&
                  !std::is_same_v<std::decay_t<Container>, span> &&
                  std::is_convertible_v<std::remove_pointer_t<decltype(std::data(std::declval<Container &>()))> (*)[],
                                        T (*)[]>>>
    constexpr span(Container &&container) : data_(std::data(container)), size_(std::size(container)) {}

    /// The elements, as of any container; there has to be one for front() and back(), and one at the index.
    constexpr T *begin() const noexcept { return data_; }
    constexpr T *end() const noexcept { return data_ + size_; }
    constexpr T *data() const noexcept { return data_; }
    constexpr std::size_t size() const noexcept { return size_; }
    constexpr bool empty() const noexcept { return size_ == 0; }
    constexpr T &operator[](std::size_t index) const { return data_[index]; }
    constexpr T &front() const { return data_[0]; }
    constexpr T &back() const { return data_[size_ - 1]; }
    /// The first `count` elements, of which there have to be so many.
    constexpr span first(std::size_t count) const { return {data_, count}; }
    /// The elements from `offset` on, which is not above size().
    constexpr span subspan(std::size_t offset) const { return {data_ + offset, size_ - offset}; }

private:
    T *data_ = nullptr;
    std::size_t size_ = 0;
};

/// Bytes of somebody else's.
using bytes = span<const std::uint8_t>;

/// The bytes of a text.
inline bytes as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t *>(text.data()), text.size()};
}

/// Bytes as a text.
inline std::string_view as_text(bytes data) noexcept {
    return data.empty() ? std::string_view() : std::string_view(reinterpret_cast<const char *>(data.data()), data.size());
}

/// A text that is handed to the library, valid UTF-8: a literal, a std::string, or a std::string_view, which is copied,
/// because the library wants a NUL behind it. nullptr where the document offers it. A text with a NUL inside is refused
/// as one that is not UTF-8.
class text {
public:
    /// Nothing.
    text(std::nullptr_t) noexcept {}
    /// A literal or another text with a NUL behind it, which has to live as long as this.
    text(const char *characters) noexcept : characters_(characters) {}
    /// A text that has to live as long as this.
    text(const std::string &characters) noexcept : characters_(usable(characters) ? characters.c_str() : unusable) {}
    /// A text of any kind, which is copied.
    text(std::string_view characters) : copy_(characters) {
        characters_ = usable(characters) ? copy_.c_str() : unusable;
    }
    text(const text &) = delete;
    text &operator=(const text &) = delete;

    /// The characters with a NUL behind them, or null.
    const char *c_str() const noexcept { return characters_; }

private:
    static constexpr const char *unusable = "\xff";

    static bool usable(std::string_view characters) noexcept { return characters.find('\0') == characters.npos; }

    std::string copy_;
    const char *characters_ = nullptr;
};

/// A time-out that never ends a wait.
inline constexpr std::chrono::milliseconds forever{-1};

namespace detail {

/// Owns a handle of the C library. Moved from, or default constructed, it has none, and calls fail with
/// errc::invalid_argument.
template <class T, void (*Free)(T *)>
class owner {
public:
    owner() noexcept = default;
    explicit owner(T *handle) noexcept : handle_(handle) {}
    owner(owner &&other) noexcept : handle_(other.release()) {}
    owner &operator=(owner &&other) noexcept {
        if (this != &other) {
            reset(other.release());
        }
        return *this;
    }
    ~owner() { reset(); }

    /// The handle for functions of sttp.h; stays this object's.
    T *native_handle() const noexcept { return handle_; }
    /// Gives the handle away, to be freed by the caller.
    T *release() noexcept { return std::exchange(handle_, nullptr); }
    /// Frees the handle; allowed from its own callbacks.
    /// \param handle  What to own from then on.
    void reset(T *handle = nullptr) noexcept {
        // First, because callbacks may look at this object while the handle is freed.
        T *before = std::exchange(handle_, handle);
        Free(before);
    }
    /// Whether there is a handle.
    explicit operator bool() const noexcept { return handle_ != nullptr; }

private:
    T *handle_ = nullptr;
};

/// The text of a field, which is empty when there is none.
inline std::string_view view(const char *characters) noexcept {
    return characters == nullptr ? std::string_view() : std::string_view(characters);
}

/// A time-out as C has it: below 0 for ever.
inline std::int32_t milliseconds(std::chrono::milliseconds timeout) noexcept {
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    const std::int64_t count = timeout.count();
    return static_cast<std::int32_t>(count < 0 ? -1 : count > most ? most : count);
}

/// Reads a text into a buffer that grows until it fits. `reads(buffer, size)` gives the status.
template <class Reads>
std::int32_t read_text(std::string &into, const Reads &reads) {
    std::string buffer(64, '\0');
    std::int32_t status = reads(&buffer[0], buffer.size());
    while (status == STTP_ERR_BUFFER_TOO_SMALL) {
        buffer.resize(buffer.size() * 4);
        status = reads(&buffer[0], buffer.size());
    }
    if (status == STTP_OK) {
        into.assign(buffer.c_str());
    }
    return status;
}

/// Reads a list whose length is told with it. `reads(elements, capacity, count)` gives the status.
template <class T, class Reads>
std::int32_t read_list(std::vector<T> &into, const Reads &reads) {
    std::vector<T> elements;
    std::size_t count = 0;
    std::int32_t status = reads(static_cast<T *>(nullptr), std::size_t{0}, &count);
    while (status == STTP_OK && count > elements.size()) {
        // It may have become longer in between.
        elements.resize(count);
        status = reads(elements.data(), elements.size(), &count);
    }
    if (status == STTP_OK) {
        elements.resize(count);
        into = std::move(elements);
    }
    return status;
}

}  // namespace detail

/// Elements that are made when they are looked at, by `Source`, which is called with an index: a random access range,
/// whose iterators stay valid without it as long as what the elements are read from.
template <class Source>
class indexed_range {
public:
    using value_type = std::decay_t<decltype(std::declval<const Source &>()(std::size_t{}))>;

    /// Stays valid without the range.
    class iterator {
    public:
        using iterator_concept = std::random_access_iterator_tag;
        using iterator_category = std::input_iterator_tag;
        using value_type = indexed_range::value_type;
        using difference_type = std::ptrdiff_t;
        using reference = value_type;

        /// Holds the element that `->` is about.
        struct pointer {
            value_type element;
            const value_type *operator->() const noexcept { return &element; }
        };

        iterator() = default;
        iterator(Source source, std::size_t index) : source_(source), index_(static_cast<difference_type>(index)) {}

        reference operator*() const { return source_(static_cast<std::size_t>(index_)); }
        pointer operator->() const { return {**this}; }
        reference operator[](difference_type offset) const { return *(*this + offset); }

        iterator &operator++() { return *this += 1; }
        iterator operator++(int) { return std::exchange(*this, *this + 1); }
        iterator &operator--() { return *this -= 1; }
        iterator operator--(int) { return std::exchange(*this, *this - 1); }
        iterator &operator+=(difference_type offset) {
            index_ += offset;
            return *this;
        }
        iterator &operator-=(difference_type offset) { return *this += -offset; }
        friend iterator operator+(iterator left, difference_type offset) { return left += offset; }
        friend iterator operator+(difference_type offset, iterator right) { return right += offset; }
        friend iterator operator-(iterator left, difference_type offset) { return left -= offset; }
        friend difference_type operator-(const iterator &left, const iterator &right) { return left.index_ - right.index_; }
        friend bool operator==(const iterator &left, const iterator &right) { return left.index_ == right.index_; }
        friend bool operator!=(const iterator &left, const iterator &right) { return left.index_ != right.index_; }
        friend bool operator<(const iterator &left, const iterator &right) { return left.index_ < right.index_; }
        friend bool operator>(const iterator &left, const iterator &right) { return left.index_ > right.index_; }
        friend bool operator<=(const iterator &left, const iterator &right) { return left.index_ <= right.index_; }
        friend bool operator>=(const iterator &left, const iterator &right) { return left.index_ >= right.index_; }

    private:
        Source source_{};
        difference_type index_ = 0;
    };
    using const_iterator = iterator;

    /// No elements.
    indexed_range() = default;
    /// \param source  Makes the element at an index; copied into each iterator.
    /// \param size    How many there are.
    indexed_range(Source source, std::size_t size) : source_(source), size_(size) {}

    /// The elements, in order.
    iterator begin() const { return {source_, 0}; }
    iterator end() const { return {source_, size_}; }
    /// How many there are.
    std::size_t size() const noexcept { return size_; }
    /// Whether there are none.
    bool empty() const noexcept { return size_ == 0; }
    /// The element at an index below size().
    value_type operator[](std::size_t index) const { return source_(index); }

private:
    Source source_{};
    std::size_t size_ = 0;
};

}  // namespace sttp

#if __cplusplus >= 202002L
template <class T>
inline constexpr bool std::ranges::enable_borrowed_range<sttp::span<T>> = true;
template <class T>
inline constexpr bool std::ranges::enable_view<sttp::span<T>> = true;
template <class Source>
inline constexpr bool std::ranges::enable_borrowed_range<sttp::indexed_range<Source>> = true;
#endif

#endif
