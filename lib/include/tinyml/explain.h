// What the runtime's error messages mean: from a line of a device's log to what
// happened and what to set.
#ifndef TINYML_EXPLAIN_H_
#define TINYML_EXPLAIN_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tinyml/export.h"
#include "tinyml/target.h"

namespace tinyml {

// A message of the runtime that was found in a log.
struct Explanation {
  int64_t line = 0;   // The line where it first occurs, from 1.
  int64_t count = 1;  // How often the log has it, with the same values.
  std::string message;
  std::string what;    // What happened: a sentence or two.
  std::string set;     // What to do about it.
  bool arena = false;  // Whether a larger arena fixes it.
  // False for a message that only follows from another one, if an earlier
  // message of the log already gives the cause.
  bool is_cause = true;
  // The operator that the application does not have, as the format spells it;
  // empty for other messages.
  std::string missing_operator;
};

// Says whether the runtime of `target` has the operator, which of a runtime
// that does not have it came with which upstream change, and which
// distributions have it.
TINYML_API std::string ExplainMissingOperator(const Target& target,
                                              std::string_view name);

// Finds the runtime's messages in `log` and explains each once. Lines may have
// anything before and after them. At most a thousand are explained.
TINYML_API std::vector<Explanation> ExplainLog(std::string_view log);

}  // namespace tinyml

#endif  // TINYML_EXPLAIN_H_
