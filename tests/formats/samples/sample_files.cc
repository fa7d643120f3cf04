#include "tests/formats/samples/sample_files.h"

#include <gtest/gtest.h>
#include <sndfile.h>
#include <zip.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "formats/samples/inputs.h"
#include "tinyml/npy.h"

namespace tinyml::testing {
namespace {

void PutNumber(std::string& bytes, uint32_t value, int width) {
  for (int i = 0; i < width; ++i) {
    bytes += static_cast<char>(value >> (8 * i) & 0xFF);
  }
}

}  // namespace

TempFolder::TempFolder() {
  std::string path =
      (std::filesystem::temp_directory_path() / "tinyml_samples.XXXXXX")
          .string();
  if (mkdtemp(path.data()) != nullptr) path_ = path;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

std::string TempFolder::At(const std::string& name) const {
  const std::filesystem::path path = std::filesystem::path(path_) / name;
  std::filesystem::create_directories(path.parent_path());
  return path.string();
}

std::string TempFolder::Write(const std::string& name,
                              const std::string& bytes) const {
  const std::string path = At(name);
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

std::string NpyBytes(TensorType type, const std::vector<int64_t>& shape,
                     const std::string& data) {
  std::string bytes;
  const OutputFile file =
      NpyFile("", type, shape, std::vector<uint8_t>(data.begin(), data.end()));
  const Status status = file.produce([&](std::string_view piece) -> Status {
    bytes += piece;
    return {};
  });
  EXPECT_TRUE(status.has_value());
  return bytes;
}

void WriteZip(const std::string& path,
              const std::vector<std::pair<std::string, std::string>>& members,
              bool deflated) {
  zip_t* const archive =
      zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  ASSERT_NE(archive, nullptr);
  for (const auto& [name, bytes] : members) {
    zip_source_t* const source =
        zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
    const zip_int64_t at =
        zip_file_add(archive, name.c_str(), source, ZIP_FL_OVERWRITE);
    ASSERT_GE(at, 0);
    ASSERT_EQ(
        zip_set_file_compression(archive, static_cast<zip_uint64_t>(at),
                                 deflated ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0),
        0);
  }
  ASSERT_EQ(zip_close(archive), 0);
}

std::string Bmp(int width, int height, const std::vector<uint8_t>& rgb) {
  constexpr uint32_t kHeaders = 54;
  const size_t columns = width;
  const size_t row = (columns * 3 + 3) / 4 * 4;
  std::string bytes = "BM";
  const auto pixels = static_cast<uint32_t>(row * static_cast<size_t>(height));
  PutNumber(bytes, kHeaders + pixels, 4);
  PutNumber(bytes, 0, 4);
  PutNumber(bytes, kHeaders, 4);
  PutNumber(bytes, 40, 4);
  PutNumber(bytes, static_cast<uint32_t>(width), 4);
  PutNumber(bytes, static_cast<uint32_t>(height), 4);
  PutNumber(bytes, 1, 2);
  PutNumber(bytes, 24, 2);
  for (const uint32_t field : {0U, pixels, 0U, 0U, 0U, 0U}) {
    PutNumber(bytes, field, 4);
  }
  for (int y = height - 1; y >= 0; --y) {
    std::string line;
    for (size_t x = 0; x < columns; ++x) {
      const size_t at = (static_cast<size_t>(y) * columns + x) * 3;
      for (const size_t c : {2U, 1U, 0U}) {
        line += static_cast<char>(rgb[at + c]);
      }
    }
    line.resize(row);
    bytes += line;
  }
  return bytes;
}

std::string Pgm(int width, int height, const std::vector<uint8_t>& grey) {
  std::ostringstream bytes;
  bytes << "P5 " << width << " " << height << " 255\n";
  for (const uint8_t value : grey) bytes << static_cast<char>(value);
  return bytes.str();
}

void WriteWav(const std::string& path, int rate, int channels,
              const std::vector<int16_t>& values) {
  SF_INFO info = {};
  info.samplerate = rate;
  info.channels = channels;
  info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
  SNDFILE* const file = sf_open(path.c_str(), SFM_WRITE, &info);
  ASSERT_NE(file, nullptr);
  const auto frames = static_cast<sf_count_t>(values.size()) / channels;
  EXPECT_EQ(sf_writef_short(file, values.data(), frames), frames);
  sf_close(file);
}

SampleInput FloatInput(std::vector<int32_t> shape, std::string name) {
  return {std::move(name), TensorType::kFloat32, std::move(shape)};
}

ReadSample Read(const SampleSource& source,
                const std::vector<SampleInput>& inputs, int64_t index) {
  ReadSample sample;
  std::vector<std::vector<uint8_t>> bytes;
  for (const SampleInput& input : inputs) {
    bytes.emplace_back(samples::BytesOf(input), uint8_t{0xA5});
  }
  const std::vector<std::span<uint8_t>> spans(bytes.begin(), bytes.end());
  const auto read = source.Read(index, spans);
  if (!read) {
    sample.message = read.error().message;
  } else if (read->has_value()) {
    sample.message = "left out: " + **read;
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::vector<float>& values = sample.values.emplace_back();
    if (inputs[i].type != TensorType::kFloat32) {
      values.assign(bytes[i].begin(), bytes[i].end());
      continue;
    }
    values.resize(bytes[i].size() / sizeof(float));
    std::memcpy(values.data(), bytes[i].data(), bytes[i].size());
  }
  return sample;
}

ReadAll ReadSamples(const std::string& path,
                    const std::vector<SampleInput>& inputs,
                    const SampleOptions& options) {
  ReadAll all;
  const auto source = OpenSamples(path, inputs, options);
  if (!source) {
    all.message = source.error().message;
    return all;
  }
  all.notes = (*source)->Notes();
  for (int64_t i = 0; i < (*source)->Count(); ++i) {
    ReadSample sample = Read(**source, inputs, i);
    all.names.push_back((*source)->NameOf(i));
    all.samples.push_back(std::move(sample.values[0]));
    if (all.message.empty()) all.message = sample.message;
  }
  return all;
}

}  // namespace tinyml::testing
