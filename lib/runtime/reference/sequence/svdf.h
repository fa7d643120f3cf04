// SVDF: what the overlay shares with the reference kernel.
#ifndef TINYML_RUNTIME_REFERENCE_SEQUENCE_SVDF_H_
#define TINYML_RUNTIME_REFERENCE_SEQUENCE_SVDF_H_

namespace tinyml::runtime {

// The inputs. Source: tflite-micro 90b983c2b3f1, micro/kernels/svdf_common.cc.
inline constexpr int kSvdfInput = 0;
inline constexpr int kSvdfWeightsFeature = 1;
inline constexpr int kSvdfWeightsTime = 2;
inline constexpr int kSvdfBias = 3;
inline constexpr int kSvdfActivationState = 4;

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_SEQUENCE_SVDF_H_
