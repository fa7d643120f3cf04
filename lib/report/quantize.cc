#include "tinyml/quantize_report.h"

#include <utility>

#include "analysis/describe_model.h"
#include "base/macros.h"
#include "report/one_of_formats.h"
#include "report/quantize_formats.h"

namespace tinyml {
namespace {

std::vector<QuantizedPort> PortsOf(const Subgraph& graph,
                                   const std::vector<TensorIndex>& indices) {
  std::vector<QuantizedPort> ports;
  for (const TensorIndex index : indices) {
    const Tensor& tensor = graph.tensors[index];
    QuantizedPort port{
        .name = tensor.name, .type = tensor.type, .shape = tensor.shape};
    if (tensor.quantization && tensor.quantization->IsAffine()) {
      port.scale = tensor.quantization->scale[0];
      port.zero_point = tensor.quantization->zero_point[0];
    }
    ports.push_back(std::move(port));
  }
  return ports;
}

}  // namespace

QuantizeDocument DescribeQuantization(const ModelFile& before,
                                      const ModelFile& after,
                                      QuantizeReport report) {
  QuantizeDocument document;
  document.model = analysis::DescribeModel(before);
  document.quantized = analysis::DescribeModel(after);
  const Subgraph& graph = after.model.subgraphs[0];
  document.inputs = PortsOf(graph, graph.inputs);
  document.outputs = PortsOf(graph, graph.outputs);
  document.report = std::move(report);
  return document;
}

Result<std::string> FormatQuantization(const QuantizeDocument& document,
                                       ReportFormat format,
                                       const ReportStyle& style) {
  TINYML_RETURN_IF_ERROR(
      report::OneOfFormats("the report of a quantization", format,
                           {ReportFormat::kText, ReportFormat::kJson}));
  return format == ReportFormat::kJson ? report::QuantizeJson(document)
                                       : report::QuantizeText(document, style);
}

}  // namespace tinyml
