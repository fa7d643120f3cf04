// Files of samples for tests, in a folder that is removed when the test ends.
#ifndef TINYML_TESTS_FORMATS_SAMPLES_SAMPLE_FILES_H_
#define TINYML_TESTS_FORMATS_SAMPLES_SAMPLE_FILES_H_

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tinyml/model.h"
#include "tinyml/samples.h"

namespace tinyml::testing {

class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }
  // The path of a file in it; its folders are created.
  std::string At(const std::string& name) const;
  // Writes a file; returns its path.
  std::string Write(const std::string& name, const std::string& bytes) const;

 private:
  std::string path_;
};

// The bytes of a .npy file.
std::string NpyBytes(TensorType type, const std::vector<int64_t>& shape,
                     const std::string& data);
template <typename T>
std::string Npy(TensorType type, const std::vector<int64_t>& shape,
                const std::vector<T>& values) {
  return NpyBytes(type, shape,
                  std::string(reinterpret_cast<const char*>(values.data()),
                              values.size() * sizeof(T)));
}
inline std::string Floats(const std::vector<int64_t>& shape,
                          const std::vector<float>& values) {
  return Npy(TensorType::kFloat32, shape, values);
}

// Writes a zip archive of (name, bytes), deflated or stored.
void WriteZip(const std::string& path,
              const std::vector<std::pair<std::string, std::string>>& members,
              bool deflated = true);

// The bytes of an uncompressed 24-bit BMP; `rgb` are rows from the top.
std::string Bmp(int width, int height, const std::vector<uint8_t>& rgb);

// A PGM of grey pixels.
std::string Pgm(int width, int height, const std::vector<uint8_t>& grey);

// Writes a WAV file of 16-bit values, channels interleaved.
void WriteWav(const std::string& path, int rate, int channels,
              const std::vector<int16_t>& values);

SampleInput FloatInput(std::vector<int32_t> shape, std::string name = "x");

// Sample `index` as floats, one vector for each input, or a message: what
// failed, or "left out: " and the reason.
struct ReadSample {
  std::vector<std::vector<float>> values;
  std::string message;
};
ReadSample Read(const SampleSource& source,
                const std::vector<SampleInput>& inputs, int64_t index);

// The first input of every sample of `path`, or just the message of what went
// wrong.
struct ReadAll {
  std::vector<std::vector<float>> samples;
  std::vector<std::string> names;
  std::vector<std::string> notes;
  std::string message;
};
ReadAll ReadSamples(const std::string& path,
                    const std::vector<SampleInput>& inputs,
                    const SampleOptions& options = {});

}  // namespace tinyml::testing

#endif  // TINYML_TESTS_FORMATS_SAMPLES_SAMPLE_FILES_H_
