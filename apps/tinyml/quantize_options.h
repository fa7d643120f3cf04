// The options of `quantize`.
#ifndef TINYML_APPS_QUANTIZE_OPTIONS_H_
#define TINYML_APPS_QUANTIZE_OPTIONS_H_

#include <string>
#include <vector>

#include "apps/tinyml/command.h"
#include "apps/tinyml/model_output.h"
#include "tinyml/quantize.h"
#include "tinyml/samples.h"

namespace tinyml::cli {

// What the command line says.
struct QuantizeCommand {
  ModelArgument model;
  ModelOutput output;
  QuantizationOptions quantize;
  SampleOptions samples;
  std::string calibration;
  std::string evaluation;
  std::string labels;
  std::vector<std::string> statistics;
  std::string save_statistics;
  std::string report;
  bool all_tensors = false;
  bool strict = false;
  ReportFormat format = ReportFormat::kText;
};

// Adds all options. `options` must outlive the parsing.
void AddQuantizeOptions(CLI::App* command, QuantizeCommand& options);

}  // namespace tinyml::cli

#endif  // TINYML_APPS_QUANTIZE_OPTIONS_H_
