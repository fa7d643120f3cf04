// Whether the tests were built with AddressSanitizer.
#ifndef TINYML_TESTS_SUPPORT_SANITIZER_H_
#define TINYML_TESTS_SUPPORT_SANITIZER_H_

namespace tinyml::testing {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kAddressSanitizer = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool kAddressSanitizer = true;
#else
inline constexpr bool kAddressSanitizer = false;
#endif
#else
inline constexpr bool kAddressSanitizer = false;
#endif

}  // namespace tinyml::testing

#endif  // TINYML_TESTS_SUPPORT_SANITIZER_H_
