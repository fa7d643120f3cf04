#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "formats/npy/conversion.h"
#include "report/hazard_words.h"
#include "report/quantize_formats.h"
#include "report/text_writer.h"

namespace tinyml::report {
namespace {

// How many of the worst are shown.
constexpr size_t kWorst = 10;
// Fewer values out of range are not worth reporting: percentiles clip as many.
constexpr double kNotableShare = 0.001;
// Larger confusion matrices do not fit on a screen; JSON has them.
constexpr int64_t kMostClasses = 20;

std::string Percent(int64_t part, int64_t whole) {
  return fmt::format("{:.1f} %", whole > 0 ? 100.0 * static_cast<double>(part) /
                                                 static_cast<double>(whole)
                                           : 0.0);
}

class QuantizeTextWriter : private TextWriter {
 public:
  QuantizeTextWriter(const QuantizeDocument& document, const ReportStyle& style)
      : TextWriter(style.color),
        document_(document),
        report_(document.report),
        style_(style) {}

  std::string Write() {
    Line("{} from {}", Bold(Printable(document_.quantized.path)),
         Bold(Printable(document_.model.path)));
    WriteSizes();
    WriteHazards();
    WriteSamples();
    WritePorts("inputs", document_.inputs, {});
    WritePorts("outputs", document_.outputs, report_.outputs);
    WriteWorstTensors();
    WriteWorstWeights();
    WriteClipping();
    WriteList("remedies", RemedyLines(document_.remedies));
    WriteList("operators left in float", report_.float_left);
    WriteAccuracy();
    return std::move(text_);
  }

 private:
  void Heading(std::string_view text) {
    Line("");
    Line("{}", Bold(text));
  }

  void Size(std::string_view what, std::optional<int64_t> before,
            std::optional<int64_t> after) {
    const auto bytes = [](std::optional<int64_t> value) {
      return value ? FormatBytes(*value) : "refused";
    };
    Line("  {:<24} {:>12} {:>12} {:>9}", Printable(what), bytes(before),
         bytes(after),
         before && after ? Percent(*after, *before) : std::string());
  }

  void WriteSizes() {
    Line("");
    Line("  {:<24} {:>12} {:>12}", "bytes", "float", "quantized");
    Size("model", document_.model.size_bytes, document_.quantized.size_bytes);
    for (const QuantizedArena& arena : document_.arenas) {
      Size("arena on " + arena.target, arena.before_bytes, arena.after_bytes);
    }
    Line("  {:<24} {:>12} {:>12}", "operators", document_.model.operators,
         document_.quantized.operators);
    for (const QuantizedArena& arena : document_.arenas) {
      if (arena.distribution_title.empty()) continue;
      Line("  the runtime on {} is {}", arena.target, arena.distribution_title);
    }
  }

  void WriteHazards() {
    std::vector<TargetHazards> targets;
    for (const QuantizedArena& arena : document_.arenas) {
      if (arena.after_bytes) targets.push_back({arena.target, arena.hazards});
    }
    const std::string text = HazardText(targets, color_);
    if (!text.empty()) text_ += "\n" + text;
  }

  void WriteSamples() {
    Line("");
    Line("  calibrated on {}{}", Counted(report_.samples, "sample"),
         report_.compared > 0
             ? fmt::format(", compared with float on {}", report_.compared)
             : "");
    if (!report_.left_out.empty()) {
      Line("  {} could not be read",
           Counted(static_cast<int64_t>(report_.left_out.size()), "sample"));
    }
    if (!report_.passes.empty()) {
      Line("  passes: {}", fmt::join(report_.passes, ", "));
    }
  }

  void WritePorts(std::string_view what,
                  const std::vector<QuantizedPort>& ports,
                  const std::vector<QuantizedOutput>& fidelity) {
    Heading(what);
    for (size_t i = 0; i < ports.size(); ++i) {
      const QuantizedPort& port = ports[i];
      std::string line = fmt::format("{}  {} {}", Printable(port.name),
                                     TensorTypeName(port.type),
                                     npy::ShapeText(std::span(port.shape)));
      if (port.scale != 0) {
        line += fmt::format("  scale {:.9g}, zero point {}", port.scale,
                            port.zero_point);
      }
      Line("  {}", line);
      if (i < fidelity.size()) {
        Line("    signal to noise {:.1f} dB, largest error {:.6g}",
             fidelity[i].snr_db, fidelity[i].max_error);
      }
    }
  }

  void WriteWorstTensors() {
    if (report_.compared == 0 || report_.tensors.empty()) return;
    std::vector<const QuantizedTensor*> sorted;
    for (const QuantizedTensor& tensor : report_.tensors) {
      sorted.push_back(&tensor);
    }
    std::ranges::stable_sort(sorted, {}, &QuantizedTensor::snr_db);
    const bool all = style_.per_operator || sorted.size() <= kWorst;
    Heading(all ? "tensors, the least like float first"
                : "tensors least like float");
    Line("  {:>6}  {:<6} {:>12} {:>6}  {:<12} {}", "dB", "type", "scale",
         "zero", "range by", "tensor");
    if (!all) sorted.resize(kWorst);
    for (const QuantizedTensor* tensor : sorted) {
      Line("  {:>6.1f}  {:<6} {:>12.6g} {:>6}  {:<12} {}{}", tensor->snr_db,
           TensorTypeName(tensor->type), tensor->scale, tensor->zero_point,
           Printable(tensor->method), Printable(tensor->name),
           tensor->op.empty() ? "" : " (" + Printable(tensor->op) + ")");
    }
  }

  void WriteWorstWeights() {
    if (report_.weights.empty()) return;
    std::vector<const QuantizedWeights*> sorted;
    for (const QuantizedWeights& weights : report_.weights) {
      sorted.push_back(&weights);
    }
    std::ranges::stable_sort(sorted, {}, &QuantizedWeights::snr_db);
    const bool all = style_.per_operator || sorted.size() <= kWorst;
    Heading(all ? "weights, the least like float first"
                : "weights least like float");
    Line("  {:>6}  {:>6}  {:<14} {}", "dB", "scales", "rounded by", "weights");
    if (!all) sorted.resize(kWorst);
    for (const QuantizedWeights* weights : sorted) {
      Line("  {:>6.1f}  {:>6}  {:<14} {} ({})", weights->snr_db,
           weights->channels, Printable(weights->method),
           Printable(weights->name), Printable(weights->op_name));
    }
  }

  void WriteClipping() {
    std::vector<const QuantizedTensor*> clipped;
    for (const QuantizedTensor& tensor : report_.tensors) {
      if (tensor.clipped_share > kNotableShare) clipped.push_back(&tensor);
    }
    if (clipped.empty()) return;
    std::ranges::stable_sort(clipped, std::greater(),
                             &QuantizedTensor::clipped_share);
    Heading("values out of range, where they are more than 0.1 %");
    if (!style_.per_operator && clipped.size() > kWorst) {
      clipped.resize(kWorst);
    }
    for (const QuantizedTensor* tensor : clipped) {
      Line("  {:>6.2f} %  {} (seen {:.6g} to {:.6g})",
           100 * tensor->clipped_share, Printable(tensor->name), tensor->min,
           tensor->max);
    }
  }

  void WriteList(std::string_view heading,
                 const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    Heading(heading);
    for (const std::string& line : lines) Line("  {}", line);
  }

  void WriteAccuracy() {
    if (!document_.accuracy) return;
    const Accuracy& accuracy = *document_.accuracy;
    Heading(fmt::format("on {} of {}", Counted(accuracy.samples, "sample"),
                        Printable(document_.evaluated_on)));
    for (const QuantizedOutput& output : accuracy.outputs) {
      Line("  {}: signal to noise {:.1f} dB, largest error {:.6g}",
           Printable(output.name), output.snr_db, output.max_error);
    }
    if (accuracy.confusion.empty()) return;
    const auto share = [&](std::string_view what, int64_t count) {
      Line("  {:<12} {:>8}  {} of {}", what, Percent(count, accuracy.samples),
           count, accuracy.samples);
    };
    Line("");
    Line("  top-1");
    share("float", accuracy.float_correct);
    share("quantized", accuracy.quantized_correct);
    share("same class", accuracy.agree);
    if (accuracy.classes <= kMostClasses) WriteConfusion(accuracy);
  }

  void WriteConfusion(const Accuracy& accuracy) {
    Line("");
    Line(
        "  confusion of the quantized model: rows are labels, columns what it "
        "gave");
    std::string header;
    for (int64_t c = 0; c < accuracy.classes; ++c) {
      header += fmt::format(" {:>5}", c);
    }
    Line("       {}", header);
    for (int64_t label = 0; label < accuracy.classes; ++label) {
      std::string row;
      for (int64_t c = 0; c < accuracy.classes; ++c) {
        row += fmt::format(" {:>5}",
                           accuracy.confusion[label * accuracy.classes + c]);
      }
      Line("  {:>5}{}", label, row);
    }
  }

  const QuantizeDocument& document_;
  const QuantizeReport& report_;
  const ReportStyle& style_;
};

}  // namespace

std::string QuantizeText(const QuantizeDocument& document,
                         const ReportStyle& style) {
  return QuantizeTextWriter(document, style).Write();
}

}  // namespace tinyml::report
