// A file mapped into memory for the lifetime of this object.
#ifndef TINYML_BASE_MAPPING_H_
#define TINYML_BASE_MAPPING_H_

#include <sys/mman.h>

#include <cstddef>

namespace tinyml {

struct Mapping {
  Mapping(void* address_in, size_t length_in)
      : address(address_in), length(length_in) {}
  ~Mapping() { munmap(address, length); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  void* address;
  size_t length;
};

}  // namespace tinyml

#endif  // TINYML_BASE_MAPPING_H_
