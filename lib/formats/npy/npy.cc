#include "tinyml/npy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "base/checked.h"
#include "base/error.h"
#include "base/file.h"
#include "base/macros.h"
#include "base/text.h"
#include "formats/npy/header.h"

namespace tinyml {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
// The data starts at a multiple of this, by the format's advice.
constexpr size_t kHeaderAlignment = 64;

struct TypeName {
  std::string_view descr;  // Without the byte order.
  TensorType type;
};

constexpr std::array kTypes = {
    TypeName{"b1", TensorType::kBool},    TypeName{"i1", TensorType::kInt8},
    TypeName{"u1", TensorType::kUInt8},   TypeName{"i2", TensorType::kInt16},
    TypeName{"u2", TensorType::kUInt16},  TypeName{"i4", TensorType::kInt32},
    TypeName{"u4", TensorType::kUInt32},  TypeName{"i8", TensorType::kInt64},
    TypeName{"u8", TensorType::kUInt64},  TypeName{"f2", TensorType::kFloat16},
    TypeName{"f4", TensorType::kFloat32}, TypeName{"f8", TensorType::kFloat64}};

// Reads the header's dictionary: a Python literal with the keys descr,
// fortran_order and shape, in any order.
class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text) : text_(text) {}

  bool Parse() {
    if (!Take('{')) return false;
    while (!Take('}')) {
      std::string_view key;
      if (!String(&key) || !Take(':')) return false;
      if (key == "descr") {
        if (!String(&descr)) return false;
      } else if (key == "fortran_order") {
        if (!Bool()) return false;
      } else if (key == "shape") {
        if (!Shape()) return false;
      } else {
        return false;
      }
      ++keys_;
      if (!Take(',') && !Peek('}')) return false;
    }
    SkipBlanks();
    return at_ == text_.size() && keys_ == 3 && has_shape_;
  }

  std::string_view descr;
  bool fortran_order = false;
  std::vector<int64_t> shape;

 private:
  void SkipBlanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) {
      ++at_;
    }
  }
  bool Peek(char c) {
    SkipBlanks();
    return at_ < text_.size() && text_[at_] == c;
  }
  bool Take(char c) {
    if (!Peek(c)) return false;
    ++at_;
    return true;
  }
  bool String(std::string_view* value) {
    SkipBlanks();
    if (at_ >= text_.size()) return false;
    const char quote = text_[at_];
    if (quote != '\'' && quote != '"') return false;
    const size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) return false;
    *value = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return true;
  }
  bool Bool() {
    SkipBlanks();
    for (const auto& [word, value] :
         {std::pair("True", true), std::pair("False", false)}) {
      if (text_.substr(at_).starts_with(word)) {
        at_ += std::string_view(word).size();
        fortran_order = value;
        return true;
      }
    }
    return false;
  }
  bool Shape() {
    has_shape_ = true;
    shape.clear();
    if (!Take('(')) return false;
    while (!Take(')')) {
      SkipBlanks();
      int64_t dim = 0;
      const char* const begin = text_.data() + at_;
      const auto [end, error] =
          std::from_chars(begin, text_.data() + text_.size(), dim);
      if (error != std::errc() || dim < 0) return false;
      at_ += static_cast<size_t>(end - begin);
      if (Peek('L')) ++at_;  // Written by Python 2.
      shape.push_back(dim);
      if (!Take(',') && !Peek(')')) return false;
    }
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
  int keys_ = 0;
  bool has_shape_ = false;
};

std::string ShapeText(std::span<const int64_t> shape) {
  std::string text = "(";
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(shape[i]);
  }
  return text + (shape.size() == 1 ? ",)" : ")");
}

std::string_view DescrOf(TensorType type) {
  const auto* const found =
      std::find_if(kTypes.begin(), kTypes.end(),
                   [&](const TypeName& name) { return name.type == type; });
  if (found != kTypes.end()) return found->descr;
  switch (TensorTypeBits(type)) {
    case 16:
      return "u2";
    case 32:
      return "u4";
    case 64:
      return "u8";
    default:
      return "u1";
  }
}

}  // namespace

namespace npy {

Result<Header> ParseHeader(const std::string& name,
                           std::span<const uint8_t> start) {
  const auto fail = [&](const std::string& what) {
    return FailInFile(name, what);
  };
  const std::string_view text(reinterpret_cast<const char*>(start.data()),
                              start.size());
  if (!text.starts_with(kMagic)) return fail("not a .npy file");
  const std::string truncated = "the .npy file ends inside its header";
  if (start.size() < 10) return fail(truncated);
  const int version = start[6];
  if (version < 1 || version > 3) {
    return fail("version " + std::to_string(version) +
                " of the .npy format is unknown");
  }
  const size_t prefix = version == 1 ? 10 : 12;
  if (start.size() < prefix) return fail(truncated);
  size_t header_size = start[8] + (size_t{start[9]} << 8);
  if (version > 1) {
    header_size += (size_t{start[10]} << 16) + (size_t{start[11]} << 24);
  }
  if (header_size > start.size() - prefix) return fail(truncated);
  HeaderParser parser(text.substr(prefix, header_size));
  if (!parser.Parse() || parser.descr.size() < 2) {
    return fail("the header of the .npy file cannot be understood");
  }
  const char order = parser.descr.front();
  if (order == '>') {
    return fail("the array is big-endian (" + Printable(parser.descr) +
                "); save it as little-endian");
  }
  const auto* const type =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeName& known) {
        return known.descr == parser.descr.substr(1);
      });
  if (type == kTypes.end() || (order != '<' && order != '|' && order != '=')) {
    return fail("elements of type '" + Printable(parser.descr) +
                "' are not supported");
  }
  if (parser.fortran_order && parser.shape.size() > 1) {
    return fail("the array is in Fortran order; save it in C order");
  }
  Header header;
  header.type = type->type;
  header.shape = std::move(parser.shape);
  header.data_offset = prefix + header_size;
  header.data_bytes = TensorTypeBits(header.type) / 8;
  for (const int64_t dim : header.shape) {
    const auto product = CheckedMul(header.data_bytes, dim);
    if (!product) {
      return fail("the shape " + ShapeText(header.shape) + " is too large");
    }
    header.data_bytes = *product;
  }
  return header;
}

}  // namespace npy

Result<NpyArray> ParseNpy(std::string name, std::shared_ptr<const void> owner,
                          std::span<const uint8_t> file) {
  TINYML_ASSIGN_OR_RETURN(npy::Header header, npy::ParseHeader(name, file));
  const auto data = file.subspan(header.data_offset);
  if (static_cast<int64_t>(data.size()) != header.data_bytes) {
    return FailInFile(name, "the array of shape " + ShapeText(header.shape) +
                                " takes " + std::to_string(header.data_bytes) +
                                " bytes, the file has " +
                                std::to_string(data.size()));
  }
  NpyArray array;
  array.type = header.type;
  array.shape = std::move(header.shape);
  array.bytes = data;
  array.owner = std::move(owner);
  array.name = std::move(name);
  return array;
}

Result<NpyArray> ReadNpy(const std::string& path) {
  TINYML_ASSIGN_OR_RETURN(SharedBytes file, ReadFile(path));
  return ParseNpy(path == "-" ? "standard input" : path, std::move(file.owner),
                  file.bytes);
}

OutputFile NpyFile(std::string path, TensorType type,
                   std::span<const int64_t> shape, std::vector<uint8_t> bytes) {
  const std::string_view descr = DescrOf(type);
  std::string header = "{'descr': '";
  header += descr.ends_with('1') ? '|' : '<';
  header += descr;
  header += "', 'fortran_order': False, 'shape': " + ShapeText(shape) + ", }";
  constexpr size_t kPrefix = 10;
  while ((kPrefix + header.size() + 1) % kHeaderAlignment != 0) header += ' ';
  header += '\n';
  std::string head(kMagic);
  head += '\x01';
  head += '\x00';
  head += static_cast<char>(header.size() & 0xFF);
  head += static_cast<char>(header.size() >> 8);
  head += header;
  OutputFile file;
  file.path = std::move(path);
  file.produce = [head = std::move(head),
                  bytes = std::move(bytes)](const Sink& sink) -> Status {
    TINYML_RETURN_IF_ERROR(sink(head));
    return sink({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  };
  return file;
}

}  // namespace tinyml
