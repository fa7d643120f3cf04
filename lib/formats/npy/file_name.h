// The names of tensors as names of files.
#ifndef TINYML_FORMATS_NPY_FILE_NAME_H_
#define TINYML_FORMATS_NPY_FILE_NAME_H_

#include <string>
#include <string_view>

namespace tinyml::npy {

// `name` made fit for a file: at most 100 characters, and "_" for any that is
// not a letter, a digit, "-" or ".".
std::string FileNameOf(std::string_view name);

}  // namespace tinyml::npy

#endif  // TINYML_FORMATS_NPY_FILE_NAME_H_
