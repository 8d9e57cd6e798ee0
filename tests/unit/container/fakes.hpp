// SPDX-License-Identifier: LGPL-2.1-or-later
// An engine that stands on a real database and directories, with a PID 1, a storage and a network
// plugin that only remember. Each can be told to fail at its n-th call.
#pragma once

#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <tests/support/scratch_dir.hpp>

#include <container/engine.hpp>
#include <store/store.hpp>

namespace berth::test {

/// Counts calls and throws at the one it is told to.
struct Failing {
    int fail_at = 0; ///< 1: the next call; 0: never
    int calls = 0;
    void step(const char* what) {
        ++calls;
        if (fail_at == calls) throw Error(ErrorCode::Io, std::string("injected: ") + what);
    }
};

class FakeUnits final : public container::UnitControl {
  public:
    struct Unit {
        systemd::UnitProperties properties;
        systemd::ServiceStatus status;
        std::vector<int> signals;
    };
    Failing failing;
    std::string start_result = "done";
    bool dies_on_signal = true;
    std::map<std::string, Unit> units;
    std::vector<std::string> log;

    systemd::JobOutcome start_transient(const std::string& unit,
                                        const systemd::UnitProperties& properties) override {
        failing.step("start_transient");
        log.push_back("start " + unit);
        if (units.contains(unit)) throw Error(ErrorCode::Exists, "unit exists");
        if (start_result != "done") return {start_result};
        Unit& made = units[unit];
        made.properties = properties;
        made.status.loaded = true;
        made.status.active_state = "active";
        made.status.sub_state = "running";
        made.status.freezer_state = "running";
        made.status.main_pid = 4242;
        made.status.control_group = "/berth.slice/" + unit;
        return {"done"};
    }
    systemd::JobOutcome stop(const std::string& unit) override {
        log.push_back("stop " + unit);
        units.erase(unit);
        return {"done"};
    }
    void kill(const std::string& unit, const std::string& whom, int signal) override {
        log.push_back("kill " + whom + " " + std::to_string(signal));
        if (!units.contains(unit)) throw Error(ErrorCode::NotFound, "no unit");
        units[unit].signals.push_back(signal);
    }
    void set_properties(const std::string& unit,
                        const systemd::UnitProperties& properties) override {
        failing.step("set_properties");
        for (const auto& [name, value] : properties.entries())
            units.at(unit).properties.set(name, value);
    }
    void freeze(const std::string& unit) override {
        units.at(unit).status.freezer_state = "frozen";
    }
    void thaw(const std::string& unit) override {
        log.push_back("thaw " + unit);
        units.at(unit).status.freezer_state = "running";
    }
    void reset_failed(const std::string& /*unit*/) override {}
    systemd::ServiceStatus status(const std::string& unit) override {
        const auto known = units.find(unit);
        return known == units.end() ? systemd::ServiceStatus() : known->second.status;
    }
    std::map<std::string, std::uint64_t>
    numbers(const std::string& unit, const std::vector<std::string>& properties) override {
        std::map<std::string, std::uint64_t> found;
        for (const auto& name : properties) {
            const auto* value = units.at(unit).properties.find(name);
            if (value == nullptr) continue;
            if (const auto* number = std::get_if<std::uint64_t>(value)) found[name] = *number;
        }
        return found;
    }
    std::vector<systemd::ServiceStatus> statuses(const std::vector<std::string>& names) override {
        std::vector<systemd::ServiceStatus> all;
        for (const auto& name : names)
            all.push_back(status(name));
        return all;
    }
    std::vector<systemd::UnitRow> list(const std::string& /*pattern*/) override { return rows; }
    bool wait_for_process(int /*pid*/, std::chrono::milliseconds timeout) override {
        log.push_back("wait " + std::to_string(timeout.count()));
        return dies_on_signal;
    }
    std::vector<systemd::UnitRow> rows;
};

/// What the storage plugin has, outside of it so that tests can look.
struct FakeDisk {
    Failing failing;
    std::set<std::string> layers;
    std::map<std::string, std::string> parents;
};

class FakeStorage final : public Storage {
  public:
    explicit FakeStorage(FakeDisk& disk) : disk_(disk) {}
    Probe probe() override { return {.usable = true}; }
    StorageTraits traits() const override { return {}; }
    std::vector<std::pair<std::string, std::string>> status() const override {
        return {{"Backing Filesystem", "fake"}};
    }
    void create(const LayerId& id, const std::optional<LayerId>& parent,
                const LayerOptions& options) override {
        require_container(options);
        disk_.layers.insert(id.str());
        if (parent) disk_.parents[id.str()] = parent->str();
        disk_.failing.step("create layer"); // leaves it half made
    }
    Applied apply(const LayerId&, int, std::uint64_t) override { return {}; }
    Applied apply_on_parents(const LayerId&, int, std::uint64_t) override { return {}; }
    void complete(const LayerId&) override {}
    bool is_complete(const LayerId&) override { return true; }
    std::vector<LayerId> list() override {
        std::vector<LayerId> ids;
        for (const auto& layer : disk_.layers)
            ids.emplace_back(layer);
        return ids;
    }
    void diff(const LayerId&, int) override {}
    std::vector<Change> changes(const LayerId&) override { return {}; }
    MountPlan mount_plan(const LayerId&, bool) override { return {}; }
    void deactivate(const LayerId&) override {}
    void remove(const LayerId& id) override {
        for (const auto& [child, parent] : disk_.parents) {
            if (parent == id.str() && disk_.layers.contains(child)) {
                throw Error(ErrorCode::Busy, "has children");
            }
        }
        disk_.layers.erase(id.str());
    }
    Usage usage(const LayerId&) override { return {.bytes = 4096, .inodes = 1}; }
    std::vector<Finding> check(bool, const std::vector<LayerId>&) override { return {}; }

  private:
    static void require_container(const LayerOptions& options) {
        if (options.kind != LayerKind::Container) throw Error(ErrorCode::Internal, "wrong kind");
    }
    FakeDisk& disk_;
};

class FakeNetwork final : public Network {
  public:
    explicit FakeNetwork(Failing& failing) : failing_(failing) {}
    Probe probe() override { return {.usable = true}; }
    NetworkTraits traits() const override { return {.addresses = true, .ports = true}; }
    NetworkConfig plan(const NetworkConfig& wanted, const std::vector<NetworkConfig>&) override {
        failing_.step("plan");
        NetworkConfig planned = wanted;
        planned.subnets = {{.cidr = "172.20.0.0/24", .gateway = "172.20.0.1"}};
        planned.interface = "berth0";
        return planned;
    }
    void remove(const NetworkConfig&) override {}
    Attached attach(const NetworkConfig&, const Endpoint&, int) override { return {}; }
    void detach(const NetworkConfig&, const Endpoint&) override {}
    std::vector<std::string> reconcile(const std::vector<NetworkConfig>&,
                                       const std::vector<std::pair<NetworkId, Endpoint>>&,
                                       bool) override {
        return {};
    }

  private:
    Failing& failing_;
};

class FakePlugins final : public container::PluginSet {
  public:
    FakeDisk disk;
    Failing network_failing;

  protected:
    std::unique_ptr<Storage> open_storage(const std::string&) override {
        return std::make_unique<FakeStorage>(disk);
    }
    std::unique_ptr<Network> open_network(const std::string&) override {
        return std::make_unique<FakeNetwork>(network_failing);
    }
};

/// Points the state and runtime directories to a scratch directory; first of a fixture's members.
class ScratchState {
  public:
    ScratchState() {
        ::setenv("BERTH_STATE_DIR", (scratch_.path() + "/state").c_str(), 1);
        ::setenv("BERTH_RUNTIME_DIR", (scratch_.path() + "/run").c_str(), 1);
        store::make_tree();
    }
    [[nodiscard]] const std::string& path() const { return scratch_.path(); }

  private:
    ScratchDir scratch_;
};

} // namespace berth::test
