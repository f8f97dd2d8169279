require 'logger'
require 'action_cable'

class Connection < ActionCable::Connection::Base
  identified_by :user

  def connect
    self.user = request.params['token'] || reject_unauthorized_connection
  end
end

class RefusedChannel < ActionCable::Channel::Base
  def subscribed
    reject
  end
end

settings = ActionCable.server.config
settings.cable = { 'adapter' => 'async' }
settings.logger = Logger.new($stderr)
settings.log_tags = []
settings.connection_class = -> { Connection }
settings.allowed_request_origins = ['http://allowed.example']
run Rack::URLMap.new('/cable' => ActionCable.server)
