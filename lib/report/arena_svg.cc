// The memory map of one target as SVG: operators in order from left to right,
// addresses from bottom to top.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "report/arena_formats.h"
#include "report/escape.h"
#include "report/runtime_words.h"

namespace tinyml::report {
namespace {

// The drawing, in its own units.
constexpr double kWidth = 960;
constexpr double kHeight = 560;
constexpr double kLeft = 84;
constexpr double kRight = 16;
constexpr double kTop = 64;
constexpr double kBottom = 76;
constexpr double kPlotWidth = kWidth - kLeft - kRight;
constexpr double kPlotHeight = kHeight - kTop - kBottom;

constexpr std::string_view kStyle = R"(  <style>
    text { font: 13px system-ui, sans-serif; fill: #1c2430; }
    .small { font-size: 11px; fill: #56616f; }
    .heading { font-size: 16px; font-weight: 600; }
    .paper { fill: #ffffff; }
    .grid { stroke: #dfe4ea; }
    .tensor { fill: #5b8def; } .tensor.odd { fill: #86acf4; }
    .scratch { fill: #e0902f; }
    .persistent { fill: #8b96a5; } .persistent.odd { fill: #a5aebb; }
    .unused { fill: #eef1f4; }
    rect.tensor, rect.scratch, rect.persistent { stroke: #ffffff; stroke-width: 0.5; }
    .peak { stroke: #c62f3b; stroke-width: 1.5; stroke-dasharray: 5 3; fill: none; }
    text.peak { stroke: none; fill: #c62f3b; font-weight: 600; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6eaf0; }
      .small { fill: #9aa5b4; }
      .paper { fill: #14181e; }
      .grid { stroke: #2b333d; }
      .tensor { fill: #4776d0; } .tensor.odd { fill: #2f5aae; }
      .persistent { fill: #657080; } .persistent.odd { fill: #535d6b; }
      .unused { fill: #1d232b; }
      rect.tensor, rect.scratch, rect.persistent { stroke: #14181e; }
      .peak { stroke: #ff7a83; } text.peak { fill: #ff7a83; }
    }
  </style>
)";

class SvgWriter {
 public:
  explicit SvgWriter(const ArenaDocument& document)
      : document_(document), answer_(document.targets.front()) {}

  std::string Write() {
    if (!answer_.report) return Refused();
    const ArenaReport& report = *answer_.report;
    top_bytes_ = std::max<int64_t>(report.required_arena_bytes, 1);
    scopes_ = static_cast<int>(document_.graph.scopes.size());
    for (const ArenaBuffer& buffer : report.buffers) {
      scopes_ = std::max(scopes_, buffer.last_used + 1);
    }
    scopes_ = std::max(scopes_, 1);
    peak_scope_ = report.peak_scope;
    Open(report);
    Grid();
    Persistent(report);
    Buffers(report);
    Peak(report);
    Axes();
    text_ += "</svg>\n";
    return std::move(text_);
  }

 private:
  template <typename... Args>
  void Add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format,
                   std::forward<Args>(args)...);
    text_ += '\n';
  }

  double X(int scope) const {
    return kLeft + kPlotWidth * scope / static_cast<double>(scopes_);
  }
  double Y(int64_t address) const {
    return kTop + kPlotHeight * (1 - static_cast<double>(address) /
                                         static_cast<double>(top_bytes_));
  }

  std::string Title() const {
    return fmt::format("Memory map of {} on {}", document_.model.path,
                       answer_.target.name);
  }

  std::string ScopeName(int scope) const {
    const auto& scopes = document_.graph.scopes;
    if (scope < 0 || static_cast<size_t>(scope) >= scopes.size())
      return "never";
    const OperatorId& where = scopes[scope];
    std::string name = where.index == kNoOperatorIndex
                           ? "the inputs"
                           : fmt::format("operator {}", where.index);
    if (document_.graph.subgraphs.size() > 1) {
      name += fmt::format(" of subgraph {}", where.subgraph);
    }
    return name;
  }

  void Open(const ArenaReport& report) {
    Start(fmt::format(
        " data-required-arena-bytes=\"{}\" data-arena-used-bytes=\"{}\""
        " data-head-bytes=\"{}\" data-tail-bytes=\"{}\"",
        report.required_arena_bytes, report.arena_used_bytes, report.head_bytes,
        report.tail_bytes));
    std::string description = fmt::format(
        "The required arena is {} bytes; {} are used after AllocateTensors(): "
        "{} for tensors and scratch buffers, {} for persistent memory.",
        FormatBytes(report.required_arena_bytes),
        FormatBytes(report.arena_used_bytes), FormatBytes(report.head_bytes),
        FormatBytes(report.tail_bytes));
    if (peak_scope_ >= 0) {
      description += " Tensors and scratch buffers are fullest at " +
                     ScopeName(peak_scope_) + ".";
    }
    Add("  <desc id=\"desc\">{}</desc>", XmlText(description));
    text_ += kStyle;
    Heading(fmt::format(
        "required arena {} bytes, {} used, {} {}{}",
        FormatBytes(report.required_arena_bytes),
        FormatBytes(report.arena_used_bytes), answer_.target.kernels_name,
        answer_.target.kernels_revision, DistributionSuffix(answer_.target)));
  }

  void Start(const std::string& attributes) {
    Add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" "
        "role=\"img\" aria-labelledby=\"title desc\"{}>",
        kWidth, kHeight, attributes);
    Add("  <title id=\"title\">{}</title>", XmlText(Title()));
  }

  void Heading(const std::string& below) {
    Add("  <rect class=\"paper\" width=\"{}\" height=\"{}\"/>", kWidth,
        kHeight);
    Add("  <text class=\"heading\" x=\"{}\" y=\"26\">{}</text>", kLeft,
        XmlText(Title()));
    Add("  <text class=\"small\" x=\"{}\" y=\"45\">{}</text>", kLeft,
        XmlText(below));
  }

  void Grid() {
    constexpr int kLines = 6;
    int64_t step = 16;
    while (top_bytes_ / step > kLines) step *= 2;
    for (int64_t bytes = 0; bytes <= top_bytes_; bytes += step) {
      Add("  <path class=\"grid\" d=\"M{:.1f} {:.1f}h{:.1f}\"/>", kLeft,
          Y(bytes), kPlotWidth);
      Add("  <text class=\"small\" x=\"{:.1f}\" y=\"{:.1f}\" "
          "text-anchor=\"end\">{}</text>",
          kLeft - 6, Y(bytes) + 4, FormatBytes(bytes));
    }
  }

  void Block(const std::string& kind, int64_t offset, int64_t bytes, int first,
             int last, const std::string& what) {
    Add("  <rect class=\"{}\" x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" "
        "height=\"{:.2f}\" data-offset-bytes=\"{}\" data-size-bytes=\"{}\">"
        "<title>{}</title></rect>",
        kind, X(first), Y(offset + bytes), X(last + 1) - X(first),
        Y(offset) - Y(offset + bytes), offset, bytes, XmlText(what));
  }

  void Persistent(const ArenaReport& report) {
    const int64_t unused =
        report.required_arena_bytes - report.arena_used_bytes;
    int64_t end = report.required_arena_bytes;
    bool odd = false;
    for (const ArenaShare& share : report.breakdown) {
      if (share.what.kind == ArenaShareKind::kHead) continue;
      end -= share.bytes;
      Block(odd ? "persistent odd" : "persistent", end, share.bytes, 0,
            scopes_ - 1,
            fmt::format("{}: {} bytes", share.what.Name(),
                        FormatBytes(share.bytes)));
      odd = !odd;
    }
    if (unused > 0) {
      Block("unused", report.head_bytes, unused, 0, scopes_ - 1,
            fmt::format("{} bytes that only AllocateTensors() needs",
                        FormatBytes(unused)));
    }
  }

  void Buffers(const ArenaReport& report) {
    for (const ArenaBuffer& buffer : report.buffers) {
      const bool scratch = buffer.kind == ArenaBuffer::Kind::kScratch;
      const int first = std::max(buffer.first_used, 0);
      const int last = std::max(buffer.last_used, first);
      Block(scratch                 ? "scratch"
            : buffer.index % 2 == 0 ? "tensor"
                                    : "tensor odd",
            buffer.offset_bytes, buffer.size_bytes, first, last,
            fmt::format("{}: {} bytes at {}, from {} to {}",
                        Printable(buffer.name), FormatBytes(buffer.size_bytes),
                        FormatBytes(buffer.offset_bytes), ScopeName(first),
                        ScopeName(last)));
    }
  }

  void Peak(const ArenaReport& report) {
    Add("  <path class=\"peak\" d=\"M{:.1f} {:.1f}h{:.1f}\"/>", kLeft,
        Y(report.head_bytes), kPlotWidth);
    if (peak_scope_ < 0) return;
    const double middle = (X(peak_scope_) + X(peak_scope_ + 1)) / 2;
    Add("  <path class=\"peak\" d=\"M{:.1f} {:.1f}V{:.1f}\"/>", middle,
        Y(report.head_bytes), Y(0));
    // The label stays inside the drawing.
    const bool left = middle > kLeft + kPlotWidth / 2;
    Add("  <text class=\"peak\" x=\"{:.1f}\" y=\"{:.1f}\" "
        "text-anchor=\"{}\">{} bytes at {}</text>",
        middle + (left ? -6 : 6), kHeight - kBottom + 34,
        left ? "end" : "start", FormatBytes(report.head_bytes),
        XmlText(ScopeName(peak_scope_)));
  }

  void Axes() {
    constexpr int kMostTicks = 16;
    const int step = std::max(1, (scopes_ + kMostTicks - 1) / kMostTicks);
    for (int scope = 0; scope < scopes_; scope += step) {
      const auto& scopes = document_.graph.scopes;
      const size_t at = scope;
      std::string label = "in";
      if (at < scopes.size() && scopes[at].index != kNoOperatorIndex) {
        label = std::to_string(scopes[at].index);
      }
      Add("  <text class=\"small\" x=\"{:.1f}\" y=\"{:.1f}\" "
          "text-anchor=\"middle\">{}</text>",
          (X(scope) + X(scope + 1)) / 2, kHeight - kBottom + 16, label);
    }
    double x = kLeft;
    for (const auto& [kind, name, width] :
         {std::tuple<const char*, const char*, double>("tensor", "tensors", 90),
          {"scratch", "scratch buffers", 140},
          {"persistent", "persistent memory", 160},
          {"unused", "only during AllocateTensors()", 0}}) {
      Add("  <rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"12\" "
          "height=\"12\"/><text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>",
          kind, x, kHeight - 24, x + 18, kHeight - 13, name);
      x += width;
    }
  }

  std::string Refused() {
    Start("");
    const std::string message =
        "The runtime refuses the model: " + answer_.report.error().message;
    Add("  <desc id=\"desc\">{}</desc>", XmlText(message));
    text_ += kStyle;
    Heading(message);
    text_ += "</svg>\n";
    return std::move(text_);
  }

  const ArenaDocument& document_;
  const TargetAnswer& answer_;
  int64_t top_bytes_ = 1;
  int scopes_ = 1;
  int peak_scope_ = -1;
  std::string text_;
};

}  // namespace

std::string ArenaSvg(const ArenaDocument& document) {
  return SvgWriter(document).Write();
}

}  // namespace tinyml::report
