#include "alert-svc/rpc/settings_service.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/settings.h"
#include "alert-svc/rpc/setting_types.h"
#include "alert-svc/rpc/silences.h"
#include "common/list/sorted_page.h"
#include "common/rpc/errors.h"
#include "common/rpc/unary.h"
#include "common/rpc/update_mask.h"

namespace vigil::alert {
namespace {

using config::v1::ROLE_ADMIN;
using config::v1::ROLE_STAFF;
using google::protobuf::Any;
using registry::v1::Record;

// Of its records.
template <class Setting>
std::string FolderOf() {
  std::string_view collection = SettingType<Setting>::kCollection;
  collection.remove_suffix(1);
  return std::string(collection);
}

using Body = absl::StatusOr<std::optional<Any>>;

// Refuses a name of another type, and what no id may hold.
template <class Setting>
absl::Status CheckName(std::string_view name) {
  if (IsSettingName(name, SettingType<Setting>::kCollection)) return absl::OkStatus();
  return rpc::InvalidArgument(
      "BAD_NAME", "name",
      fmt::format("name: a name is written {}{{id}}", SettingType<Setting>::kCollection));
}

absl::Status NotThere(std::string_view name) {
  return rpc::NotFound("SETTING_NOT_FOUND", {{"name", std::string(name)}},
                       "there is no such setting; the list shows those there are");
}

absl::Status CheckEtag(const Record& present, std::string_view name, std::string_view wanted) {
  if (wanted.empty() || wanted == present.etag()) return absl::OkStatus();
  return rpc::Aborted("ETAG_MISMATCH", {{"name", std::string(name)}},
                      fmt::format("{} has changed since it was read: read it again", name));
}

template <class Setting>
absl::StatusOr<Setting> FromRecord(const Record& record) {
  Setting setting;
  if (!record.body().UnpackTo(&setting)) return NotThere(record.name());
  setting.set_etag(record.etag());
  return setting;
}

template <class Setting>
Body Packed(Setting setting) {
  setting.clear_etag();
  Any body;
  body.PackFrom(setting);
  return body;
}

template <class Setting>
SettingsDesk::Done<Record> AnswerWith(rpc::Done<Setting> done) {
  return [done = std::move(done)](absl::StatusOr<Record> record) {
    if (!record.ok()) return done(record.status());
    done(FromRecord<Setting>(*record));
  };
}

absl::Status Complete(const rpc::Caller& caller, absl::Time now, v1::Silence& silence) {
  return OpenSilence(caller.name, now, silence);
}

absl::Status Complete(const rpc::Caller& caller, absl::Time, v1::Receiver& receiver) {
  receiver.set_updated_by(caller.name);
  receiver.clear_trouble();
  return absl::OkStatus();
}

template <class Setting>
absl::Status Complete(const rpc::Caller& caller, absl::Time, Setting& setting) {
  setting.set_updated_by(caller.name);
  return absl::OkStatus();
}

}  // namespace

template <class Setting, class Request>
grpc::ServerUnaryReactor* SettingsService::Create(grpc::CallbackServerContext* context,
                                                  rpc::Role role, const Request* request,
                                                  Setting* response) {
  return rpc::Unary(
      context, guard_, role, request, response,
      [this](const rpc::Caller& caller, const Request& request, rpc::Done<Setting> done) {
        using Type = SettingType<Setting>;
        if (!IsSettingId(Type::Id(request))) {
          return done(rpc::InvalidArgument(
              "BAD_ID", Type::kIdField,
              fmt::format("{}: write 1 to 40 letters of a-z, 0-9 and -", Type::kIdField)));
        }
        Setting setting = Type::Of(request);
        setting.set_name(std::string(Type::kCollection) + Type::Id(request));
        if (absl::Status s = Complete(caller, clock_.Now(), setting); !s.ok()) return done(s);
        const std::string name = setting.name();
        desk_.Change(
            name,
            [setting = std::move(setting)](const Record* present) -> Body {
              if (!present) return Packed(setting);
              return rpc::AlreadyExists("ALREADY_EXISTS", {{"name", setting.name()}},
                                        fmt::format("{} is there already", setting.name()));
            },
            AnswerWith<Setting>(std::move(done)));
      });
}

template <class Setting, class Request>
grpc::ServerUnaryReactor* SettingsService::Get(grpc::CallbackServerContext* context,
                                               const Request* request, Setting* response) {
  return rpc::Unary(
      context, guard_, ROLE_STAFF, request, response,
      [this](const rpc::Caller&, const Request& request, rpc::Done<Setting> done) {
        if (absl::Status s = CheckName<Setting>(request.name()); !s.ok()) return done(s);
        desk_.List(FolderOf<Setting>(),
                   [name = request.name(), done](absl::StatusOr<std::vector<Record>> records) {
                     if (!records.ok()) return done(records.status());
                     for (const Record& record : *records) {
                       if (record.name() == "records/" + name)
                         return done(FromRecord<Setting>(record));
                     }
                     done(NotThere(name));
                   });
      });
}

template <class Setting, class Request, class Response>
grpc::ServerUnaryReactor* SettingsService::List(grpc::CallbackServerContext* context,
                                                const Request* request, Response* response) {
  return rpc::Unary(
      context, guard_, ROLE_STAFF, request, response,
      [this](const rpc::Caller&, const Request& request, rpc::Done<Response> done) {
        const auto arguments = ReadListArguments<Setting>(sealer_, request);
        if (!arguments.ok()) return done(arguments.status());
        desk_.List(FolderOf<Setting>(), [this, &request, arguments = *arguments,
                                         done](const absl::StatusOr<std::vector<Record>>& records) {
          if (!records.ok()) return done(records.status());
          SortedPage<Setting> page(arguments);
          for (const Record& record : *records) {
            const auto setting = FromRecord<Setting>(record);
            if (setting.ok()) page.Add(*setting, setting->name());
          }
          Response response;
          TakePage(sealer_, request, page, SettingType<Setting>::In(response), response);
          done(std::move(response));
        });
      });
}

template <class Setting, class Request>
grpc::ServerUnaryReactor* SettingsService::Update(grpc::CallbackServerContext* context,
                                                  const Request* request, Setting* response) {
  return rpc::Unary(
      context, guard_, ROLE_ADMIN, request, response,
      [this](const rpc::Caller& caller, const Request& request, rpc::Done<Setting> done) {
        const Setting& wanted = SettingType<Setting>::Of(request);
        if (absl::Status s = CheckName<Setting>(wanted.name()); !s.ok()) return done(s);
        const auto mask = rpc::MaskOf(wanted, request.update_mask(), MutableFields<Setting>());
        if (!mask.ok()) return done(mask.status());
        desk_.Change(
            wanted.name(),
            [wanted, mask = *mask, person = caller.name](const Record* present) -> Body {
              if (!present) return NotThere(wanted.name());
              if (absl::Status s = CheckEtag(*present, wanted.name(), wanted.etag()); !s.ok())
                return s;
              absl::StatusOr<Setting> setting = FromRecord<Setting>(*present);
              if (!setting.ok()) return setting.status();
              rpc::Merge(wanted, mask, *setting);
              Resolve(mask, *setting);
              setting->set_updated_by(person);
              return Packed(*std::move(setting));
            },
            AnswerWith<Setting>(std::move(done)));
      });
}

template <class Setting, class Request, class Response>
grpc::ServerUnaryReactor* SettingsService::Delete(grpc::CallbackServerContext* context,
                                                  rpc::Role role, const Request* request,
                                                  Response* response) {
  return rpc::Unary(
      context, guard_, role, request, response,
      [this](const rpc::Caller&, const Request& request, rpc::Done<Response> done) {
        if (absl::Status s = CheckName<Setting>(request.name()); !s.ok()) return done(s);
        desk_.Change(
            request.name(),
            [request](const Record* present) -> Body {
              if (!present) return NotThere(request.name());
              if (absl::Status s = CheckEtag(*present, request.name(), request.etag()); !s.ok())
                return s;
              return std::nullopt;
            },
            [done](absl::StatusOr<Record> record) {
              if (!record.ok()) return done(record.status());
              done(Response());
            });
      });
}

grpc::ServerUnaryReactor* SettingsService::CreatePolicy(grpc::CallbackServerContext* context,
                                                        const v1::CreatePolicyRequest* request,
                                                        v1::Policy* response) {
  return Create(context, ROLE_ADMIN, request, response);
}

grpc::ServerUnaryReactor* SettingsService::GetPolicy(grpc::CallbackServerContext* context,
                                                     const v1::GetPolicyRequest* request,
                                                     v1::Policy* response) {
  return Get(context, request, response);
}

grpc::ServerUnaryReactor* SettingsService::ListPolicies(grpc::CallbackServerContext* context,
                                                        const v1::ListPoliciesRequest* request,
                                                        v1::ListPoliciesResponse* response) {
  return List<v1::Policy>(context, request, response);
}

grpc::ServerUnaryReactor* SettingsService::UpdatePolicy(grpc::CallbackServerContext* context,
                                                        const v1::UpdatePolicyRequest* request,
                                                        v1::Policy* response) {
  return Update(context, request, response);
}

grpc::ServerUnaryReactor* SettingsService::DeletePolicy(grpc::CallbackServerContext* context,
                                                        const v1::DeletePolicyRequest* request,
                                                        v1::DeletePolicyResponse* response) {
  return Delete<v1::Policy>(context, ROLE_ADMIN, request, response);
}

grpc::ServerUnaryReactor* SettingsService::CreateReceiver(grpc::CallbackServerContext* context,
                                                          const v1::CreateReceiverRequest* request,
                                                          v1::Receiver* response) {
  return Create(context, ROLE_ADMIN, request, response);
}

grpc::ServerUnaryReactor* SettingsService::GetReceiver(grpc::CallbackServerContext* context,
                                                       const v1::GetReceiverRequest* request,
                                                       v1::Receiver* response) {
  return Get(context, request, response);
}

grpc::ServerUnaryReactor* SettingsService::ListReceivers(grpc::CallbackServerContext* context,
                                                         const v1::ListReceiversRequest* request,
                                                         v1::ListReceiversResponse* response) {
  return List<v1::Receiver>(context, request, response);
}

grpc::ServerUnaryReactor* SettingsService::UpdateReceiver(grpc::CallbackServerContext* context,
                                                          const v1::UpdateReceiverRequest* request,
                                                          v1::Receiver* response) {
  return Update(context, request, response);
}

grpc::ServerUnaryReactor* SettingsService::DeleteReceiver(grpc::CallbackServerContext* context,
                                                          const v1::DeleteReceiverRequest* request,
                                                          v1::DeleteReceiverResponse* response) {
  return Delete<v1::Receiver>(context, ROLE_ADMIN, request, response);
}

grpc::ServerUnaryReactor* SettingsService::CreateSubscription(
    grpc::CallbackServerContext* context, const v1::CreateSubscriptionRequest* request,
    v1::Subscription* response) {
  return Create(context, ROLE_ADMIN, request, response);
}

grpc::ServerUnaryReactor* SettingsService::GetSubscription(
    grpc::CallbackServerContext* context, const v1::GetSubscriptionRequest* request,
    v1::Subscription* response) {
  return Get(context, request, response);
}

grpc::ServerUnaryReactor* SettingsService::ListSubscriptions(
    grpc::CallbackServerContext* context, const v1::ListSubscriptionsRequest* request,
    v1::ListSubscriptionsResponse* response) {
  return List<v1::Subscription>(context, request, response);
}

grpc::ServerUnaryReactor* SettingsService::UpdateSubscription(
    grpc::CallbackServerContext* context, const v1::UpdateSubscriptionRequest* request,
    v1::Subscription* response) {
  return Update(context, request, response);
}

grpc::ServerUnaryReactor* SettingsService::DeleteSubscription(
    grpc::CallbackServerContext* context, const v1::DeleteSubscriptionRequest* request,
    v1::DeleteSubscriptionResponse* response) {
  return Delete<v1::Subscription>(context, ROLE_ADMIN, request, response);
}

grpc::ServerUnaryReactor* SettingsService::CreateSilence(grpc::CallbackServerContext* context,
                                                         const v1::CreateSilenceRequest* request,
                                                         v1::Silence* response) {
  return Create(context, ROLE_STAFF, request, response);
}

grpc::ServerUnaryReactor* SettingsService::GetSilence(grpc::CallbackServerContext* context,
                                                      const v1::GetSilenceRequest* request,
                                                      v1::Silence* response) {
  return Get(context, request, response);
}

grpc::ServerUnaryReactor* SettingsService::ListSilences(grpc::CallbackServerContext* context,
                                                        const v1::ListSilencesRequest* request,
                                                        v1::ListSilencesResponse* response) {
  return List<v1::Silence>(context, request, response);
}

grpc::ServerUnaryReactor* SettingsService::UpdateSilence(grpc::CallbackServerContext* context,
                                                         const v1::UpdateSilenceRequest* request,
                                                         v1::Silence* response) {
  return rpc::Unary(
      context, guard_, ROLE_STAFF, request, response,
      [this](const rpc::Caller& caller, const v1::UpdateSilenceRequest& request,
             rpc::Done<v1::Silence> done) {
        const std::string& name = request.silence().name();
        if (absl::Status s = CheckName<v1::Silence>(name); !s.ok()) return done(s);
        desk_.Change(
            name,
            [request, person = caller.name, now = clock_.Now()](const Record* present) -> Body {
              const v1::Silence& wanted = request.silence();
              if (!present) return NotThere(wanted.name());
              if (absl::Status s = CheckEtag(*present, wanted.name(), wanted.etag()); !s.ok())
                return s;
              absl::StatusOr<v1::Silence> silence = FromRecord<v1::Silence>(*present);
              if (!silence.ok()) return silence.status();
              silence = ChangeSilence(*std::move(silence), request, person, now);
              if (!silence.ok()) return silence.status();
              return Packed(*std::move(silence));
            },
            AnswerWith<v1::Silence>(std::move(done)));
      });
}

grpc::ServerUnaryReactor* SettingsService::ApproveSilence(grpc::CallbackServerContext* context,
                                                          const v1::ApproveSilenceRequest* request,
                                                          v1::Silence* response) {
  return rpc::Unary(
      context, guard_, ROLE_STAFF, request, response,
      [this](const rpc::Caller& caller, const v1::ApproveSilenceRequest& request,
             rpc::Done<v1::Silence> done) {
        if (absl::Status s = CheckName<v1::Silence>(request.name()); !s.ok()) return done(s);
        desk_.Change(
            request.name(),
            [name = request.name(), person = caller.name](const Record* present) -> Body {
              if (!present) return NotThere(name);
              absl::StatusOr<v1::Silence> silence = FromRecord<v1::Silence>(*present);
              if (!silence.ok()) return silence.status();
              if (silence->owner() == person) {
                return rpc::FailedPrecondition(
                    "SECOND_PERSON", {{"silence", name}},
                    "a silence is approved by somebody else than its owner");
              }
              silence->set_approved_by(person);
              return Packed(*std::move(silence));
            },
            AnswerWith<v1::Silence>(std::move(done)));
      });
}

grpc::ServerUnaryReactor* SettingsService::DeleteSilence(grpc::CallbackServerContext* context,
                                                         const v1::DeleteSilenceRequest* request,
                                                         v1::DeleteSilenceResponse* response) {
  return Delete<v1::Silence>(context, ROLE_STAFF, request, response);
}

}  // namespace vigil::alert
