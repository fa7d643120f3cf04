// Early return on error, for functions that return Result or Status.
#ifndef TINYML_BASE_MACROS_H_
#define TINYML_BASE_MACROS_H_

#include "tinyml/status.h"

#define TINYML_CONCAT_INNER(a, b) a##b
#define TINYML_CONCAT(a, b) TINYML_CONCAT_INNER(a, b)

// Returns the error of `expr` from the enclosing function, if it has one.
#define TINYML_RETURN_IF_ERROR(expr)                           \
  do {                                                         \
    if (auto tinyml_status = (expr); !tinyml_status) {         \
      return ::tinyml::Fail(std::move(tinyml_status.error())); \
    }                                                          \
  } while (false)

// Assigns the value of `expr` to `lhs`, or returns its error.
#define TINYML_ASSIGN_OR_RETURN(lhs, expr)                                   \
  TINYML_ASSIGN_OR_RETURN_IMPL(TINYML_CONCAT(tinyml_result_, __LINE__), lhs, \
                               expr)
#define TINYML_ASSIGN_OR_RETURN_IMPL(result, lhs, expr) \
  auto result = (expr);                                 \
  if (!result) {                                        \
    return ::tinyml::Fail(std::move(result.error()));   \
  }                                                     \
  lhs = std::move(*result)

#endif  // TINYML_BASE_MACROS_H_
