// Runs a check: models and targets as tasks of several threads.
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <system_error>
#include <utility>

#include "analysis/alike_targets.h"
#include "base/macros.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "project/compare.h"
#include "project/prepare.h"
#include "runtime/targets/target.h"
#include "tinyml/arena.h"
#include "tinyml/check.h"
#include "tinyml/version.h"

namespace tinyml {
namespace {

using project::Comparison;
using project::PreparedModel;

// Tasks that may add tasks, done by several threads.
class Tasks {
 public:
  using Task = std::function<void()>;

  explicit Tasks(Progress progress) : progress_(std::move(progress)) {}

  // Adds a task, ahead of those waiting if `next`: work that has begun is
  // finished first, so that few models are in memory.
  void Add(Task task, bool next) {
    const std::scoped_lock lock(mutex_);
    if (next) {
      waiting_.push_front(std::move(task));
    } else {
      waiting_.push_back(std::move(task));
    }
    ++open_;
    changed_.notify_one();
  }

  // Of the total, for progress.
  void Expect(int64_t steps) { steps_ = steps; }
  // Returns whether to go on.
  bool Done(int64_t steps) {
    const std::scoped_lock lock(mutex_);
    done_ += steps;
    if (result_) result_ = Report(progress_, done_, steps_);
    return result_.has_value();
  }

  // Fails with kCancelled once running tasks have ended.
  Status Run(int threads) {
    RunOnThreads(threads, [this](int) { Work(); });
    return result_;
  }

 private:
  void Work() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(
          lock, [this] { return !waiting_.empty() || open_ == 0 || !result_; });
      if (waiting_.empty() || !result_) return;
      const Task task = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      task();
      lock.lock();
      if (--open_ == 0 || !result_) changed_.notify_all();
    }
  }

  Progress progress_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> waiting_;
  int64_t open_ = 0;  // Waiting or being done.
  int64_t steps_ = 0;
  int64_t done_ = 0;
  Status result_;
};

// A model on a target: the figures, and what they come from.
struct Sized {
  LockedTarget figures;
  std::shared_ptr<const ArenaReport> report;  // Null if it is refused.
};

// A model on its way through a check.
struct Work {
  const ProjectModel* model = nullptr;
  PreparedModel prepared;
  std::vector<Sized> sized;  // Parallel to model->targets.
  std::vector<std::pair<const Target*, LockedTarget>> others;  // Of outputs.
  std::vector<OutputFile> outputs;
  CheckedModel checked;
  std::mutex mutex;
  size_t missing = 0;  // Targets that are not sized yet.
};

class Check {
 public:
  Check(const Project& project, const Lock* lock, const CheckOptions& options)
      : project_(project),
        lock_(lock),
        options_(options),
        tasks_(options.progress) {}

  Result<CheckResult> Run() {
    const int threads = ThreadsFor(options_.threads, INT64_MAX);
    const auto quantized =
        std::ranges::count_if(project_.models, [](const ProjectModel& model) {
          return model.quantization.has_value();
        });
    // Threads for quantization, shared among the models that need it.
    inner_threads_ =
        std::max(1, threads / std::max(1, static_cast<int>(quantized)));
    int64_t steps = 0;
    for (const ProjectModel& model : project_.models) {
      work_.push_back(std::make_unique<Work>());
      work_.back()->model = &model;
      steps += 1 + static_cast<int64_t>(model.targets.size());
    }
    tasks_.Expect(steps);
    for (Work* work : LongestFirst()) {
      tasks_.Add([this, work] { Begin(*work); }, /*next=*/false);
    }
    TINYML_RETURN_IF_ERROR(tasks_.Run(threads));
    return Collect();
  }

 private:
  // What takes longest must not start last. Quantization takes longer than
  // anything else; after that, size decides.
  std::vector<Work*> LongestFirst() {
    std::vector<std::pair<uint64_t, Work*>> ranked;
    for (const auto& work : work_) {
      std::error_code error;
      uint64_t bytes = std::filesystem::file_size(
          PathIn(project_, work->model->path), error);
      if (error) bytes = 0;
      if (work->model->quantization) bytes += uint64_t{1} << 40;
      ranked.emplace_back(bytes, work.get());
    }
    std::ranges::stable_sort(ranked, std::greater<>(),
                             [](const auto& item) { return item.first; });
    std::vector<Work*> order;
    for (const auto& item : ranked) order.push_back(item.second);
    return order;
  }

  // Runs `what`; an exception becomes a failure of the model, not of the
  // program.
  template <typename What>
  void Guarded(Work& work, const What& what) {
    std::string fault;
    try {
      what();
      return;
    } catch (const std::bad_alloc&) {
      fault = "out of memory";
    } catch (const std::exception& exception) {
      fault = std::string("internal error: ") + exception.what();
    }
    const std::scoped_lock lock(work.mutex);
    work.prepared.failure = {FindingKind::kUnreadable, true, std::move(fault)};
  }

  void Begin(Work& work) {
    const ProjectModel& model = *work.model;
    Guarded(work, [&] {
      work.prepared = project::Prepare(project_, model, inner_threads_,
                                       [this] { return tasks_.Done(0); });
    });
    tasks_.Done(1);
    if (work.prepared.failure) {
      tasks_.Done(static_cast<int64_t>(model.targets.size()));
      Finish(work);
      return;
    }
    work.sized.resize(model.targets.size());
    std::vector<const Target*> targets;
    for (const ProjectTarget& target : model.targets) {
      targets.push_back(&target.target);
    }
    std::map<size_t, std::vector<size_t>> groups;  // By the first of each.
    const std::vector<size_t> firsts = analysis::FirstAlike(targets);
    for (size_t i = 0; i < firsts.size(); ++i) groups[firsts[i]].push_back(i);
    work.missing = groups.size();
    for (const auto& item : groups) {
      tasks_.Add([this, &work, group = item.second] { Size(work, group); },
                 /*next=*/true);
    }
  }

  static Sized SizeOne(const ModelFile& file, const Target& target,
                       const ArenaOptions& options) {
    const TargetInfo& info = target.info();
    Sized result;
    LockedTarget& sized = result.figures;
    sized.runtime_name = info.runtime_name;
    sized.runtime_revision = info.runtime_revision;
    sized.distribution = info.distribution;
    sized.distribution_title = info.distribution_title;
    sized.kernels_name = info.kernels_name;
    sized.kernels_revision = info.kernels_revision;
    sized.runtime_requested = info.runtime_requested;
    sized.kernels_requested = info.kernels_requested;
    Result<ArenaReport> report = SizeArena(file.model, target, options);
    if (report) {
      sized.arena_used_bytes = report->arena_used_bytes;
      sized.required_arena_bytes = report->DeclareBytes();
      result.report = std::make_shared<const ArenaReport>(std::move(*report));
    } else {
      sized.refused = report.error().message;
    }
    return result;
  }

  void Size(Work& work, const std::vector<size_t>& group) {
    const ProjectModel& model = *work.model;
    Guarded(work, [&] {
      const Sized sized =
          SizeOne(*work.prepared.file, model.targets[group.front()].target,
                  {model.resource_variables});
      for (const size_t i : group) work.sized[i] = sized;
    });
    tasks_.Done(static_cast<int64_t>(group.size()));
    bool last = false;
    {
      const std::scoped_lock lock(work.mutex);
      last = --work.missing == 0;
    }
    if (last) Finish(work);
  }

  // The figures on a target of an output, which is usually one of the model's.
  static LockedTarget SizedFor(Work& work, const ProjectTarget& target) {
    const auto alike = [&](const Target& other) {
      return other.runtime().SizesAlike(target.target.runtime());
    };
    const std::vector<ProjectTarget>& targets = work.model->targets;
    for (size_t i = 0; i < targets.size(); ++i) {
      if (alike(targets[i].target)) return work.sized[i].figures;
    }
    for (const auto& [other, figures] : work.others) {
      if (alike(*other)) return figures;
    }
    const LockedTarget figures = SizeOne(*work.prepared.file, target.target,
                                         {work.model->resource_variables})
                                     .figures;
    work.others.emplace_back(&target.target, figures);
    return figures;
  }

  // Renders what the project wants of the model. A model that a target refuses
  // has no arena there, and so no constant for it.
  Status Render(Work& work) {
    const ProjectModel& model = *work.model;
    for (const ProjectOutput& output : model.outputs) {
      ConvertOptions convert = output.convert;
      for (const ProjectTarget& target : output.targets) {
        const LockedTarget sized = SizedFor(work, target);
        if (!sized.refused.empty()) continue;
        convert.arenas.push_back(
            {.target = target.spec,
             .required_arena_bytes = sized.required_arena_bytes,
             .runtime_name = sized.runtime_name,
             .runtime_revision = sized.runtime_revision,
             .distribution_title = sized.distribution_title,
             .kernels_name = sized.kernels_name,
             .kernels_revision = sized.kernels_revision});
      }
      TINYML_ASSIGN_OR_RETURN(std::vector<OutputFile> files,
                              RenderModel(*work.prepared.file, convert));
      for (OutputFile& file : files) {
        std::string path = file.path;
        if (path.starts_with(project_.folder)) {
          path.erase(0, project_.folder.size());
        }
        TINYML_ASSIGN_OR_RETURN(work.prepared.locked.outputs[path],
                                project::HashOfOutput(file));
        work.outputs.push_back(std::move(file));
      }
    }
    return {};
  }

  void Finish(Work& work) {
    Guarded(work, [&] { FinishOrThrow(work); });
    if (work.prepared.failure && work.checked.findings.empty()) {
      work.checked.findings.push_back(*work.prepared.failure);
    }
    // The structure is no longer needed; outputs share the bytes.
    work.prepared.file.reset();
    work.sized.clear();
  }

  void FinishOrThrow(Work& work) {
    const ProjectModel& model = *work.model;
    CheckedModel& checked = work.checked;
    checked.name = model.name;
    checked.path = model.path;
    if (!work.prepared.failure) {
      for (size_t i = 0; i < model.targets.size(); ++i) {
        work.prepared.locked.targets[model.targets[i].key] =
            work.sized[i].figures;
      }
      if (const Status rendered = Render(work); !rendered) {
        checked.findings.push_back(
            {FindingKind::kUnreadable, true, rendered.error().message});
      }
    } else {
      checked.findings.push_back(*work.prepared.failure);
    }
    const LockedModel* before = nullptr;
    if (lock_ != nullptr) {
      const auto found = lock_->models.find(model.name);
      if (found != lock_->models.end()) before = &found->second;
    }
    const bool made = work.prepared.file && !work.prepared.failure;
    const Comparison comparison{
        .settings = model,
        .model = made ? &work.prepared.file->model : nullptr,
        .now = work.prepared.locked,
        .before = before,
        .lock_tool_version = lock_ != nullptr ? lock_->tool_version : ""};
    // If a file cannot be read, there is nothing to compare.
    const bool readable =
        made || (work.prepared.failure &&
                 work.prepared.failure->kind == FindingKind::kRefused);
    if (lock_ != nullptr && readable) {
      for (Finding& finding : project::CompareModel(comparison, project_)) {
        checked.findings.push_back(std::move(finding));
      }
    }
    if (!made) return;
    for (size_t i = 0; i < model.targets.size(); ++i) {
      checked.targets.push_back(
          CheckTarget(model.targets[i], work.sized[i], comparison));
    }
  }

  CheckedTarget CheckTarget(const ProjectTarget& target, const Sized& sized,
                            const Comparison& comparison) const {
    CheckedTarget result;
    result.key = target.key;
    result.spec = target.spec;
    result.now = sized.figures;
    result.budget_bytes = target.budget_bytes;
    result.ram_bytes = target.target.info().ram_bytes;
    result.findings =
        project::CheckFit(comparison.settings, target, sized.figures,
                          comparison.now.embedded_bytes);
    if (sized.report) {
      result.hazards = sized.report->hazards;
      for (Finding& finding :
           project::CheckHazards(comparison.settings, *sized.report)) {
        result.findings.push_back(std::move(finding));
      }
    }
    if (const std::string& note = target.target.info().nearest_note;
        !note.empty()) {
      result.findings.push_back({FindingKind::kNearest, false, note});
    }
    if (comparison.before != nullptr) {
      const auto found = comparison.before->targets.find(target.key);
      if (found != comparison.before->targets.end()) {
        result.before = found->second;
      }
      for (Finding& finding : project::CompareTarget(
               comparison, target, sized.figures, sized.report.get())) {
        result.findings.push_back(std::move(finding));
      }
    }
    return result;
  }

  CheckResult Collect() {
    CheckResult result;
    CheckDocument& document = result.document;
    document.project_path = project_.path;
    document.lock_path = LockPathOf(project_.path);
    document.has_lock = lock_ != nullptr;
    document.updates = options_.update;
    result.lock.tool_version = TINYML_VERSION_STRING;
    if (lock_ != nullptr) document.lock_tool_version = lock_->tool_version;
    for (const auto& work : work_) {
      const std::string& name = work->model->name;
      const bool unreadable =
          work->prepared.failure &&
          work->prepared.failure->kind == FindingKind::kUnreadable;
      if (!unreadable) {
        result.lock.models[name] = std::move(work->prepared.locked);
      } else if (lock_ != nullptr && lock_->models.contains(name)) {
        // What cannot be read now does not invalidate what was agreed to.
        result.lock.models[name] = lock_->models.at(name);
      }
      document.models.push_back(std::move(work->checked));
      for (OutputFile& file : work->outputs) {
        result.outputs.push_back(std::move(file));
      }
    }
    if (lock_ == nullptr) return result;
    for (const auto& item : lock_->models) {
      const bool there = std::ranges::any_of(
          project_.models,
          [&](const ProjectModel& model) { return model.name == item.first; });
      if (!there) document.gone.push_back(item.first);
    }
    return result;
  }

  const Project& project_;
  const Lock* lock_;
  const CheckOptions& options_;
  Tasks tasks_;
  int inner_threads_ = 1;
  std::vector<std::unique_ptr<Work>> work_;
};

bool AnyFails(const std::vector<Finding>& findings, bool updates) {
  return std::ranges::any_of(findings, [&](const Finding& finding) {
    return finding.fails && !(updates && UpdateSettles(finding.kind));
  });
}

}  // namespace

bool UpdateSettles(FindingKind kind) { return kind >= FindingKind::kGrew; }

Result<CheckResult> CheckProject(const Project& project, const Lock* lock,
                                 const CheckOptions& options) {
  return Check(project, lock, options).Run();
}

bool Passes(const CheckDocument& document) {
  const bool updates = document.updates;
  if (!document.gone.empty() && !updates) return false;
  return std::ranges::none_of(
      document.models, [updates](const CheckedModel& model) {
        return AnyFails(model.findings, updates) ||
               std::ranges::any_of(model.targets,
                                   [updates](const CheckedTarget& target) {
                                     return AnyFails(target.findings, updates);
                                   });
      });
}

}  // namespace tinyml
